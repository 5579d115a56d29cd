//! Forks of a process that has made calls: the program in `forked/`.

use sync_twin_tests::harness::outside::successful_cargo;

/// `fork` in a multi-thread program with tokio in it: the child's runtimes have no workers, and share their epoll instances
/// with the parent.
#[test]
#[cfg(unix)]
fn a_child_makes_calls_of_its_own() {
    let target = concat!(env!("CARGO_TARGET_TMPDIR"), "/forked");
    let printed = successful_cargo("independence/forked", target, &["run", "--quiet"]);
    let expected = [
        "children call while their parent does",
        "grandchildren call",
        "a call that is forked in its middle is refused",
    ];
    assert!(printed.lines().eq(expected), "{printed}");
}
