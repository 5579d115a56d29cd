//! The example of that name, with a real Ctrl-C.

#![cfg(unix)]

mod deadline;
#[path = "../examples/ctrl_c.rs"]
mod example;

use deadline::{test_name, watch};
use std::env;
use std::io::{BufRead as _, BufReader, Lines};
use std::process::{Child, ChildStdout, Command, Stdio};

/// Set in the child process, which is the example.
const CHILD: &str = "SYNC_TWIN_CTRL_C";

/// Starts the example, up to its first call.
fn start(test: &str) -> (Child, Lines<BufReader<ChildStdout>>) {
    let mut child = Command::new(env::current_exe().expect("the test knows its binary"));
    let mut child = child
        .args(["--exact", test, "--nocapture"])
        .env(CHILD, "1")
        .stdout(Stdio::piped())
        .spawn()
        .expect("the test can run itself");
    let output = child.stdout.take().expect("it is piped");
    let mut lines = BufReader::new(output).lines();
    wait_for(&mut lines, "call 1 takes 3600s: Ctrl-C ends it");
    (child, lines)
}

fn wait_for(lines: &mut Lines<BufReader<ChildStdout>>, text: &str) -> String {
    let mut lines = lines.map(|line| line.expect("it is text"));
    let line = lines.find(|line| line.contains(text));
    line.unwrap_or_else(|| panic!("it does not say: {text}"))
}

fn press_ctrl_c(child: &Child) {
    let id = child.id().to_string();
    let sent = Command::new("kill").args(["-INT", &id]).status();
    assert!(sent.expect("there is a `kill`").success());
}

#[test]
fn it_ends_a_call_twice() {
    let _watch = watch(&test_name());
    if env::var_os(CHILD).is_some() {
        example::main().expect("it works");
        return;
    }
    let (mut child, mut lines) = start("it_ends_a_call_twice");
    press_ctrl_c(&child);
    let said = wait_for(&mut lines, "call 1: the blocking call at ");
    assert!(said.ends_with(" was cancelled"), "{said}");
    wait_for(&mut lines, "call 2 takes 3600s: Ctrl-C ends it");
    press_ctrl_c(&child);
    let said = wait_for(&mut lines, "call 2: the blocking call at ");
    assert!(said.ends_with(" was cancelled"), "{said}");
    wait_for(&mut lines, "call 3: the answer is 42");
    assert!(child.wait().expect("it ends").success());
}
