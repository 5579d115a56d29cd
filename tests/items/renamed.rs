//! A crate outside the workspace that knows sync-twin by another name: see `renamed/`. In here a path that the generated
//! code gets wrong would go unnoticed, since `::sync_twin` leads somewhere.

use sync_twin_tests::harness::outside::successful_cargo;

#[test]
fn every_item_finds_it_by_the_name_that_it_is_given() {
    let printed = successful_cargo(
        "items/renamed",
        env!("CARGO_TARGET_TMPDIR"),
        &["run", "--quiet"],
    );
    let expected = [
        "block Ok(1), Some(2) items",
        "blocking type 1, 2, 3 items, Ok(4), 5, 6",
        "async_trait 7, 7",
        "module Ok(8), 9 items, Ok(10)",
        "future 11",
        "lone Ok(12)",
    ];
    assert!(printed.lines().eq(expected), "{printed}");
}
