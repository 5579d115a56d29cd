//! Packages outside the workspace, as users have them, built by a cargo of their own.

use std::path::Path;
use std::process::{Command, Output};

/// Runs cargo, without the network, in a `folder` of this package.
///
/// What it builds goes to `target`, which should be in the `CARGO_TARGET_TMPDIR` of the calling test: there
/// `cargo clean` finds it.
///
/// # Panics
///
/// When cargo cannot be started.
#[must_use]
pub fn cargo(folder: &str, target: &str, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO"))
        .args(arguments)
        .arg("--offline")
        .env("CARGO_TARGET_DIR", target)
        .env("CARGO_PROFILE_DEV_DEBUG", "line-tables-only")
        .env("RUSTDOCFLAGS", "-D warnings")
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder))
        .output()
        .expect("cargo can be started")
}

/// As [`cargo`], and returns what that prints.
///
/// # Panics
///
/// When cargo fails, with what it says.
#[track_caller]
#[must_use]
pub fn successful_cargo(folder: &str, target: &str, arguments: &[&str]) -> String {
    let output = cargo(folder, target, arguments);
    let printed = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "{arguments:?} in {folder}\n{printed}\n{errors}"
    );
    printed.into_owned()
}
