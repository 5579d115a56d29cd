//! What depends on how tokio is built: the programs in `profiles/`.

use sync_twin_tests::harness::outside::{cargo, successful_cargo};

const FOLDER: &str = "independence/profiles";
const TMP: &str = env!("CARGO_TARGET_TMPDIR");

/// tokio alone is not the same after that: a worker is missing, and it may wake no other.
#[test]
#[cfg(target_os = "linux")]
fn a_crew_that_loses_a_worker() {
    let run = ["run", "--quiet", "--bin", "crew", "--profile", "unchecked"];
    let printed = successful_cargo(FOLDER, TMP, &run);
    let expected = [
        "a busy crew is left alone",
        "a crew that has lost a worker is replaced",
    ];
    assert!(printed.lines().eq(expected), "{printed}");
}

/// What a program prints that has tokio's feature `test-util`.
fn run_with_a_clock(program: &str) -> String {
    let run = ["run", "--quiet", "--features", "test-util", "--bin"];
    successful_cargo(FOLDER, TMP, &[&run[..], &[program]].concat())
}

/// `Runtime::block_on` of a runtime that is kept: the clock stays paused, and the second pause panics.
#[test]
fn a_call_that_pauses_its_clock() {
    let printed = run_with_a_clock("paused");
    let expected = [
        "the next call has another clock",
        "a call beside it goes on",
        "tasks of a home that is left make calls",
        "the clock is not paused any more",
    ];
    assert!(printed.lines().eq(expected), "{printed}");
}

#[test]
fn a_test_in_virtual_time() {
    let printed = run_with_a_clock("virtual_time");
    let expected = [
        "a day of retries",
        "a time limit of an hour, in an isolated call",
        "a batch and an iterator",
        "real time after that",
    ];
    assert!(printed.lines().eq(expected), "{printed}");
}

/// The call that nobody can end is reported, and `main` returns and ends the process all the same.
#[test]
fn a_shutdown_where_panics_abort() {
    let run = ["run", "--quiet", "--bin", "abort", "--profile", "abort"];
    let output = cargo(FOLDER, TMP, &run);
    let printed = String::from_utf8_lossy(&output.stdout);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{printed}{said}");
    let expected = [
        "a fiber that is dropped is left",
        "a call whose task has gone goes on to its end",
        "a shutdown aborts nothing",
    ];
    assert!(printed.lines().eq(expected), "{printed}{said}");
    for what in ["shutting down", "its stack stays as it is"] {
        let is_reported = |line: &str| line.starts_with("sync-twin:") && line.contains(what);
        assert!(said.lines().any(is_reported), "{what}: {said}");
    }
}
