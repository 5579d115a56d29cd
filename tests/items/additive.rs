//! A library whose blocking API is an additive feature: see `additive/`.

use std::process::Command;

/// Beside the test's own files, so that `cargo clean` finds it.
const TARGET: &str = concat!(env!("CARGO_TARGET_TMPDIR"), "/additive");

#[track_caller]
fn cargo(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO"))
        .args(arguments)
        .arg("--offline")
        .env("CARGO_TARGET_DIR", TARGET)
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/items/additive"))
        .output()
        .expect("cargo can be started");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}\n{errors}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Without the feature sync-twin is not even a dependency, and with it the example that blocks runs.
#[test]
fn it_builds_both_ways() {
    cargo(&["check"]);
    let dependencies = cargo(&["tree", "--edges", "normal"]);
    assert!(!dependencies.contains("sync-twin"), "{dependencies}");
    cargo(&["check", "--features", "blocking", "--all-targets"]);
    cargo(&[
        "run",
        "--quiet",
        "--features",
        "blocking",
        "--example",
        "blocking",
    ]);
}
