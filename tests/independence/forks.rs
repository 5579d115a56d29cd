//! Forks of a process that has made calls: the programs in `forked/`.
//!
//! `fork` in a multi-thread program with tokio in it: the child's runtimes have no workers, and share their epoll instances
//! with the parent. In plain tokio a child that goes on in one takes the parent's events from it.

#![cfg(unix)]

use sync_twin_tests::harness::outside::successful_cargo;

/// Runs a program, which says what it has seen to be so.
fn says(program: &str, expected: &[&str]) {
    let arguments = ["run", "--quiet", "--bin", program];
    let printed = successful_cargo(
        "independence/forked",
        env!("CARGO_TARGET_TMPDIR"),
        &arguments,
    );
    assert!(printed.lines().eq(expected.iter().copied()), "{printed}");
}

/// A child makes all kinds of calls: after each kind in the parent, in each place, at any moment, in any generation.
#[test]
fn a_child_makes_calls_of_its_own() {
    let expected = [
        "after: plain call",
        "after: call beside a runtime",
        "after: call in a worker's task",
        "after: isolated call",
        "after: call in place on a driver",
        "after: spawn",
        "after: to_thread",
        "after: batch",
        "after: iter",
        "after: blocking type",
        "after: runtime of the user's",
        "in: a plain thread",
        "in: the root of a runtime",
        "in: a task on a worker",
        "in: a worker that has been handed over",
        "in: a blocking thread",
        "in: the driver of a runtime",
        "in: a task on a driver",
        "in: a blocking thread beside a driver",
        "in: code that sync-twin runs",
        "many forks beside several callers",
        "grandchildren",
    ];
    says("after", &expected);
}

/// The runtime that the call lives on is not there any more.
#[test]
fn a_call_that_is_forked_in_its_middle_is_refused() {
    let expected = [
        "refused on: a plain thread",
        "refused on: the root of a runtime",
        "refused on: a task on a worker",
        "refused on: a worker that has been handed over",
        "refused on: a blocking thread",
        "refused on: the driver of a runtime",
        "refused on: a task on a driver",
        "refused on: a blocking thread beside a driver",
        "refused in: a runtime of the user's",
        "ended elsewhere, called on: a plain thread",
        "ended elsewhere, called on: the root of a runtime",
        "ended elsewhere, called on: a task on a worker",
        "ended elsewhere, called on: a worker that has been handed over",
        "ended elsewhere, called on: a blocking thread",
        "ended elsewhere, called on: the driver of a runtime",
        "ended elsewhere, called on: a task on a driver",
        "ended elsewhere, called on: a blocking thread beside a driver",
        "refused or ended: a task of home",
    ];
    says("inside", &expected);
}

/// A pool, a task, a runtime: the child has their memory, but not the threads that work for them.
#[test]
fn what_a_child_has_inherited_is_reported() {
    let expected = [
        "a task",
        "a pooled client",
        "a pooled client of the crew's",
        "a pooled client, isolated",
        "a pooled client, in a worker of the child's",
        "a runtime of the user's",
    ];
    says("inherited", &expected);
}
