//! Compiles the cases that show how sync-twin is without its features.
//!
//! trybuild's package has every feature that the tests turn on. So these cases belong to a package outside the
//! workspace, and what cargo prints for them is compared here.

use crate::toolchain;
use std::fs;
use sync_twin_tests::harness::outside::cargo;

const FOLDER: &str = "ui/no_features";

#[test]
fn our_errors_without_features() {
    check("sw206_stream_without_feature");
}

fn check(case: &str) {
    let arguments = ["check", "--quiet", "--color", "never", "--bin", case];
    let output = cargo(FOLDER, env!("CARGO_TARGET_TMPDIR"), &arguments);
    let printed = String::from_utf8_lossy(&output.stderr);
    let end = printed.find("error: could not compile");
    let printed = format!("{}\n", printed[..end.unwrap_or(printed.len())].trim_end());
    let printed = printed.replace("--> ", &format!("--> {FOLDER}/"));
    assert!(!output.status.success(), "{case} compiles");

    let path = format!("{}/{FOLDER}/{case}.stderr", env!("CARGO_MANIFEST_DIR"));
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
