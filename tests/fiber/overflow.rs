//! Code that needs more than its stack.

use crate::work::*;
use std::env;
use std::hint::black_box;
use std::os::unix::process::ExitStatusExt;
use std::process::Command;
use sync_twin::fiber;

const CHILD: &str = "SYNC_TWIN_TESTS_OVERFLOW";

fn dive(depth: u64) -> u64 {
    let page = black_box([depth; 128]);
    match depth {
        0 => page[0],
        _ => dive(depth - 1) + black_box(page)[7],
    }
}

/// The page below it ends the program, before anything else is overwritten.
#[test]
fn it_ends_the_program() {
    let _watch = watch(&test_name());
    if env::var_os(CHILD).is_some() {
        let sum = current_thread().block_on(fiber(|| dive(black_box(1 << 20))));
        println!("it had room: {sum}");
        return;
    }
    let this = env::current_exe().expect("this program has a path");
    let output = Command::new(this)
        .args(["--exact", "overflow::it_ends_the_program", "--nocapture"])
        .env(CHILD, "1")
        .output()
        .expect("this program can be started again");
    assert_eq!(output.status.signal(), Some(libc::SIGSEGV), "{output:?}");
    // A stack of 1 MiB has room for as much as that.
    assert!(current_thread().block_on(fiber(|| dive(100))) > 0);
}
