//! A blocking call in a task on sync-twin's own runtime holds up all others there. That is said, once.

mod deadline;

use deadline::{test_name, watch};
use std::env;
use std::process::Command;
use std::thread;
use std::time::Duration;
use tokio::sync::oneshot;

/// Set in the child process whose standard error is read.
const CHILD: &str = "SYNC_TWIN_STALLS";

#[test]
fn a_call_that_holds_up_the_home_runtime_says_so() {
    let _watch = watch(&test_name());
    if env::var_os(CHILD).is_some() {
        return stall();
    }
    let output = Command::new(env::current_exe().expect("the test knows its binary"))
        .args(["--exact", "a_call_that_holds_up_the_home_runtime_says_so"])
        .arg("--nocapture")
        .env(CHILD, "1")
        .output()
        .expect("the test can run itself");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    assert_eq!(
        said.matches("sync-twin: the blocking call at").count(),
        2,
        "{said}"
    );
    // The outer call is among those that are also blocked. If its own thread drives home, the task's call is inside it, too.
    let inside = said.matches("inside the blocking call at").count();
    assert_eq!(
        said.matches("tests/stall.rs:").count(),
        4 + inside,
        "{said}"
    );
}

#[sync_twin::sync_wrapper]
async fn wait(until: oneshot::Receiver<()>) {
    until.await.expect("the sender does its duty");
}

fn stall() {
    // One that is isolated, and one that is polled in place.
    for call in [
        |until| wait_sync(until),
        |until| sync_twin::block_on(wait(until)),
    ] {
        let (done, until) = oneshot::channel();
        thread::spawn(move || {
            // Not a time that anything depends on: only more than the call has patience for, on a busy machine as well.
            thread::sleep(Duration::from_secs(5));
            done.send(()).expect("the call waits");
        });
        sync_twin::block_on(async move {
            tokio::spawn(async move { call(until) })
                .await
                .expect("it does not panic");
        });
    }
}
