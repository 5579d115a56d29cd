//! Green threads: several stacks on one thread, which switch inside calls.

use generator::Gn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use sync_twin::{iter, sync_wrapper};
use sync_twin_tests::harness::deadline::within_deadline;
use tokio::task::yield_now;

#[sync_wrapper]
async fn plain(n: u32) -> u32 {
    yield_now().await;
    n
}

/// Switches in the middle of its poll.
#[sync_wrapper]
async fn switching(n: u32) -> u32 {
    yield_now().await;
    switch();
    yield_now().await;
    n
}

/// Goes on elsewhere.
fn switch() {
    #[allow(deprecated, reason = "inside an async fn there is no scope")]
    generator::yield_with(());
}

const STACK: usize = 64 << 10;

/// Between calls, and between the items of a stream, anybody may go on.
#[test]
fn calls_that_take_turns() {
    within_deadline("calls that take turns", || {
        let green = |n: u32| {
            Gn::<()>::new_opt(STACK, move || {
                let items = iter(futures_util::stream::iter(0..10));
                let mut sum = 0;
                for item in items {
                    switch();
                    sum += plain_sync(item);
                }
                assert_eq!(sum, 45);
                // The last one.
                let _ = n;
            })
        };
        let mut all: Vec<_> = (0..4).map(green).collect();
        while !all.is_empty() {
            all.retain_mut(|green| {
                green.resume();
                !green.is_done()
            });
        }
    });
}

/// Last in, first out: as if the one had called the other.
#[test]
fn a_switch_inside_a_poll_that_nests() {
    within_deadline("a switch inside a poll that nests", || {
        let mut first = Gn::<()>::new_opt(STACK, || assert_eq!(switching_sync(1), 1));
        first.resume();
        let mut second = Gn::<()>::new_opt(STACK, || assert_eq!(switching_sync(2), 2));
        second.resume();
        second.resume();
        assert!(second.is_done());
        first.resume();
        assert!(first.is_done());
        assert_eq!(plain_sync(3), 3);
    });
}

/// First in, first out: tokio's context would be the wrong one from there on. It says so in its words, at a place of its own.
#[test]
fn a_switch_inside_a_poll_that_crosses() {
    within_deadline("a switch inside a poll that crosses", || {
        let mut first = Gn::<()>::new_opt(STACK, || {
            let panic = catch_unwind(AssertUnwindSafe(|| switching_sync(1))).unwrap_err();
            let message = *panic.downcast::<&str>().expect("a message of ours");
            assert!(message.contains("green thread"), "{message}");
        });
        first.resume();
        let mut second = Gn::<()>::new_opt(STACK, || assert_eq!(switching_sync(2), 2));
        second.resume();
        first.resume();
        assert!(first.is_done());
        // What was not at fault goes on.
        second.resume();
        assert!(second.is_done());
        assert_eq!(plain_sync(3), 3);
    });
}

/// A fiber that a green thread polls, and in whose code that thread is left. Its stack is not the one that is at work then, so no
/// call there may suspend it.
#[test]
fn a_switch_inside_a_fiber() {
    within_deadline("a switch inside a fiber", || {
        let mut green = Gn::<()>::new_opt(STACK, || {
            let sum = futures::executor::block_on(sync_twin::fiber(|| {
                let before = plain_sync(1);
                switch();
                before + plain_sync(2)
            }));
            assert_eq!(sum, 3);
        });
        green.resume();
        // On the thread's own stack. Whoever polls here is not the fiber's.
        assert_ne!(sync_twin::Context::current(), sync_twin::Context::Fiber);
        assert_eq!(plain_sync(3), 3);
        green.resume();
        assert!(green.is_done());
        assert_eq!(plain_sync(4), 4);
    });
}

/// The other way round: a green thread that runs on a stack of its own inside a fiber.
#[test]
fn a_green_thread_inside_a_fiber() {
    within_deadline("a green thread inside a fiber", || {
        let sum = futures::executor::block_on(sync_twin::fiber(|| {
            let mut green = Gn::<()>::new_opt(STACK, || {
                assert_ne!(sync_twin::Context::current(), sync_twin::Context::Fiber);
                assert_eq!(plain_sync(1), 1);
                switch();
                assert_eq!(plain_sync(2), 2);
            });
            green.resume();
            let between = plain_sync(5);
            green.resume();
            assert!(green.is_done());
            between
        }));
        assert_eq!(sum, 5);
    });
}
