//! A crate outside the workspace that knows sync-twin by another name: see `renamed/`.

#[test]
fn a_crate_with_a_renamed_dependency() {
    let shapes = concat!(env!("CARGO_MANIFEST_DIR"), "/shapes/renamed");
    // Beside the test's own files, so that `cargo clean` finds it.
    let target = concat!(env!("CARGO_TARGET_TMPDIR"), "/renamed");
    let output = std::process::Command::new(env!("CARGO"))
        .args(["run", "--quiet", "--offline", "--target-dir", target])
        .current_dir(shapes)
        .output()
        .expect("cargo can be started");
    let printed = String::from_utf8_lossy(&output.stdout);
    let expected = [
        "free 1",
        "method 2",
        "trait 3",
        "result 4 of 5",
        "unsafe 7",
        "macro 4",
        "isolated 5",
    ];
    assert!(
        output.status.success() && printed.lines().eq(expected),
        "{printed}\n{}",
        String::from_utf8_lossy(&output.stderr),
    );
}
