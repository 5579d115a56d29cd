//! A crate outside the workspace that knows sync-twin by another name: see `renamed/`.

use sync_twin_tests::harness::outside::successful_cargo;

#[test]
fn a_crate_with_a_renamed_dependency() {
    let printed = successful_cargo(
        "shapes/renamed",
        env!("CARGO_TARGET_TMPDIR"),
        &["run", "--quiet"],
    );
    let expected = [
        "free 1",
        "method 2",
        "trait 3",
        "result 4 of 5",
        "unsafe 7",
        "macro 4",
        "isolated 5",
    ];
    assert!(printed.lines().eq(expected), "{printed}");
}
