//! A panic that crosses from an isolation thread: its message has the place of the panic, and a line after it that of the call.

mod deadline;

use deadline::{test_name, watch};
use std::env;
use std::panic::catch_unwind;
use std::process::Command;
use sync_twin::sync_wrapper;

/// Set in the child process whose standard error is read.
const CHILD: &str = "SYNC_TWIN_CROSSES";

const NAME: &str = "a_panic_that_crosses_shows_the_call";

#[sync_wrapper(isolation = "always")]
async fn fail(what: &'static str) {
    panic!("no {what}");
}

#[sync_wrapper]
async fn fail_here() {
    panic!("not here");
}

const CALL: u32 = line!() + 3;

fn call() {
    fail_sync("luck");
}

#[test]
fn a_panic_that_crosses_shows_the_call() {
    let _watch = watch(&test_name());
    if env::var_os(CHILD).is_some() {
        assert!(catch_unwind(fail_here_sync).is_err());
        // The process ends by it, with nothing between the panic and the end.
        return call();
    }
    let output = Command::new(env::current_exe().expect("the test knows its binary"))
        .args(["--exact", NAME, "--nocapture"])
        .env(CHILD, "1")
        .output()
        .expect("the test can run itself");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success(), "{said}");
    let line = format!("sync-twin: in the blocking call at {}:{CALL}:", file!());
    let message = said.find("no luck").expect("the message is unchanged");
    let place = said.find(&line);
    assert!(place.is_some_and(|place| message < place), "{said}");
    // The thread of the test has its name.
    assert!(said.contains(&format!(", thread {NAME}\n")), "{said}");
    assert_eq!(said.matches("in the blocking call at").count(), 1, "{said}");
}
