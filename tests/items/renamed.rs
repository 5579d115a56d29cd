//! A crate outside the workspace that knows sync-twin by another name: see `renamed/`. In here a path that the generated
//! code gets wrong would go unnoticed, since `::sync_twin` leads somewhere.

use std::process::Command;

#[test]
fn every_item_finds_it_by_the_name_that_it_is_given() {
    let items = concat!(env!("CARGO_MANIFEST_DIR"), "/items/renamed");
    // Beside the test's own files, so that `cargo clean` finds it.
    let target = concat!(env!("CARGO_TARGET_TMPDIR"), "/renamed-items");
    let output = Command::new(env!("CARGO"))
        .args(["run", "--quiet", "--offline", "--target-dir", target])
        .current_dir(items)
        .output()
        .expect("cargo can be started");
    let printed = String::from_utf8_lossy(&output.stdout);
    let expected = [
        "block Ok(1), Some(2) items",
        "blocking type 1, 2, 3 items, Ok(4), 5, 6",
        "async_trait 7, 7",
        "module Ok(8), 9 items, Ok(10)",
        "future 11",
        "lone Ok(12)",
    ];
    assert!(
        output.status.success() && printed.lines().eq(expected),
        "{printed}\n{}",
        String::from_utf8_lossy(&output.stderr),
    );
}
