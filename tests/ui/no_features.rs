//! Compiles the cases that show how sync-twin is without its features.
//!
//! trybuild's package has every feature that the tests turn on. So these cases belong to a package outside the
//! workspace, and what cargo prints for them is compared here.

use crate::toolchain;
use std::fs;
use std::process::Command;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/ui/no_features");

#[test]
fn our_errors_without_features() {
    check("sw206_stream_without_feature");
}

fn check(case: &str) {
    // Beside the test's own files, so that `cargo clean` finds it.
    let target = concat!(env!("CARGO_TARGET_TMPDIR"), "/no_features");
    let output = Command::new(env!("CARGO"))
        .args(["check", "--quiet", "--offline", "--bin", case])
        .args(["--color", "never", "--target-dir", target])
        .current_dir(FOLDER)
        .output()
        .expect("cargo can be started");
    let printed = String::from_utf8_lossy(&output.stderr);
    let end = printed.find("error: could not compile");
    let printed = format!("{}\n", printed[..end.unwrap_or(printed.len())].trim_end());
    let printed = printed.replace("--> ", "--> ui/no_features/");
    assert!(!output.status.success(), "{case} compiles");

    let path = format!("{FOLDER}/{case}.stderr");
    if toolchain::is_being_blessed() {
        fs::write(&path, &printed).unwrap_or_else(|error| panic!("cannot write {path}: {error}"));
    }
    let blessed = fs::read_to_string(&path).unwrap_or_default();
    let blessed = blessed.replace("\r\n", "\n");
    assert!(
        printed == blessed,
        "{path} says:\n{blessed}\nand cargo now:\n{printed}"
    );
}
