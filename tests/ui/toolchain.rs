//! Which rustc blessed the cases that hold its words.

use std::env;
use std::fs;
use std::process::Command;

/// Beside the cases, so that blessing them and naming the rustc that did it is one change to review.
const RECORD: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/ui/rustc/TOOLCHAIN");

/// The first line of `rustc --version`, for the rustc that cargo uses here.
pub(crate) fn running() -> String {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(&rustc)
        .arg("--version")
        .output()
        .unwrap_or_else(|error| panic!("cannot run `{}`: {error}", rustc.display()));
    let version = String::from_utf8_lossy(&output.stdout);
    version.trim().to_owned()
}

pub(crate) fn recorded() -> String {
    let recorded = fs::read_to_string(RECORD)
        .unwrap_or_else(|error| panic!("{RECORD}: {error}; bless the cases to have it written"));
    recorded.trim().to_owned()
}

/// trybuild's own switch for writing the `.stderr` files anew.
pub(crate) fn is_being_blessed() -> bool {
    env::var_os("TRYBUILD").is_some_and(|mode| mode == "overwrite")
}

pub(crate) fn record(version: &str) {
    fs::write(RECORD, format!("{version}\n"))
        .unwrap_or_else(|error| panic!("cannot write {RECORD}: {error}"));
}
