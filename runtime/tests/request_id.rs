//! The example `request_id` logs what it says.

mod deadline;

use deadline::{test_name, watch};
use std::env;
use std::process::Command;

#[path = "../examples/request_id.rs"]
mod request_id;

/// Set in the child process whose output is read.
const CHILD: &str = "SYNC_TWIN_REQUEST_ID";

#[test]
fn the_logs_of_isolated_calls_name_the_request() {
    if env::var_os(CHILD).is_some() {
        return request_id::main();
    }
    let _watch = watch(&test_name());
    let output = Command::new(env::current_exe().expect("the test knows its binary"))
        .args([
            "--exact",
            "the_logs_of_isolated_calls_name_the_request",
            "--nocapture",
        ])
        .env(CHILD, "1")
        .output()
        .expect("the test can run itself");
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{printed}");
    let lines: Vec<_> = printed.lines().map(str::trim).collect();
    let lines: Vec<_> = lines
        .into_iter()
        .filter(|line| line.starts_with("INFO"))
        .collect();
    let expected = [
        "INFO request{id=1}: ada loads /index thread=\"sync-twin-isolated\"",
        "INFO request{id=1}: loaded",
        "INFO request{id=2}: bob loads /about thread=\"sync-twin-isolated\"",
        "INFO request{id=2}: loaded",
    ];
    assert_eq!(lines, expected, "{printed}");
}
