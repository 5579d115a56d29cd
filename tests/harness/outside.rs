//! Packages outside the workspace, as users have them, built by a cargo of their own.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Runs cargo, without the network, in a `folder` of this package.
///
/// What it builds goes to [`target`] of the `CARGO_TARGET_TMPDIR` of the calling test, where `cargo clean` finds it.
///
/// # Panics
///
/// When cargo cannot be started.
#[must_use]
pub fn cargo(folder: &str, tmp: &str, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO"))
        .args(arguments)
        .arg("--offline")
        .env("CARGO_TARGET_DIR", target(tmp))
        // Nobody reads a backtrace of theirs.
        .env("CARGO_PROFILE_DEV_DEBUG", "none")
        .env("RUST_BACKTRACE", "0")
        .env("RUSTDOCFLAGS", "-D warnings")
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder))
        .output()
        .expect("cargo can be started")
}

/// Where all of these packages are built, since most of what they depend on is the same. So their programs need names of
/// their own.
#[must_use]
pub fn target(tmp: &str) -> PathBuf {
    Path::new(tmp).join("outside")
}

/// As [`cargo`], and returns what that prints.
///
/// # Panics
///
/// When cargo fails, with what it says.
#[track_caller]
#[must_use]
pub fn successful_cargo(folder: &str, tmp: &str, arguments: &[&str]) -> String {
    let output = cargo(folder, tmp, arguments);
    let printed = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "{arguments:?} in {folder}\n{printed}\n{errors}"
    );
    printed.into_owned()
}
