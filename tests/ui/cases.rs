//! Compiles the cases, and runs the fixed ones.

use crate::toolchain;
use std::io::Write as _;
use trybuild::TestCases;

/// Our words: they hold on every toolchain.
#[test]
fn our_errors() {
    let cases = TestCases::new();
    cases.compile_fail("ui/fail/*.rs");
    cases.compile_fail("ui/several/*.rs");
    cases.compile_fail("ui/survive/*.rs");
}

/// What the fix of a case says does help.
#[test]
fn fixed_twins_run() {
    TestCases::new().pass("ui/fixed/*.rs");
}

/// The words of rustc, which change with its releases: they are compared on the recorded one only.
#[test]
fn errors_of_rustc() {
    let running = toolchain::running();
    if toolchain::is_being_blessed() {
        toolchain::record(&running);
    }
    let recorded = toolchain::recorded();
    if running != recorded {
        // Not `eprintln!`, which the test runner would swallow.
        let _ = writeln!(
            std::io::stderr(),
            "\n\
             SKIPPED: the cases in tests/ui/rustc, tests/ui/half_typed and tests/ui/likely\n\
             | they hold the words of `{recorded}`, this is `{running}`\n\
             | to bless this one: TRYBUILD=overwrite cargo test -p sync-twin-tests --test ui errors_of_rustc\n"
        );
        return;
    }
    let cases = TestCases::new();
    cases.compile_fail("ui/rustc/*.rs");
    cases.compile_fail("ui/half_typed/*.rs");
    cases.compile_fail("ui/likely/*.rs");
}
