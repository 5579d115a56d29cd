//! Fibers in fibers, and in calls that are made in fibers.

use crate::work::*;
use std::sync::Arc;
use sync_twin::{Context, batch, block_on, fiber};
use tokio::sync::Barrier;
use tokio::task::LocalSet;

#[test]
fn a_fiber_in_a_twin_in_a_fiber() {
    let _watch = watch(&test_name());
    let runtime = current_thread();
    let barrier = Arc::new(Barrier::new(3));
    let code = |barrier: Arc<Barrier>| {
        move || {
            let inner = Arc::clone(&barrier);
            let both = block_on(async {
                tokio::join!(
                    fiber(move || {
                        assert_eq!(Context::current(), Context::Fiber);
                        block_on(async { inner.wait().await });
                        nap_sync()
                    }),
                    async { barrier.wait().await }
                )
            });
            assert_eq!(Context::current(), Context::Fiber);
            both.0
        }
    };
    let third = Arc::clone(&barrier);
    runtime.block_on(async {
        let (seven, _) = tokio::join!(fiber(code(barrier)), async { third.wait().await });
        assert_eq!(seven, 7);
    });
}

#[test]
fn deep() {
    let _watch = watch(&test_name());
    fn dive(depth: usize) -> usize {
        if depth == 0 {
            return yields_sync(3);
        }
        block_on(async move { fiber(move || dive(depth - 1)).await + 1 })
    }
    assert_eq!(current_thread().block_on(fiber(|| dive(50))), 53);
}

#[test]
fn a_twin_in_a_poll_in_a_fiber() {
    let _watch = watch(&test_name());
    fn dive(depth: usize) -> usize {
        if depth == 0 {
            return yields_sync(2);
        }
        block_on(async move {
            tokio::task::yield_now().await;
            dive(depth - 1) + 1
        })
    }
    assert_eq!(current_thread().block_on(fiber(|| dive(20))), 22);
    assert_eq!(futures::executor::block_on(fiber(|| dive(20))), 22);
}

/// A set that polls only those of its futures that were woken.
#[test]
fn twins_in_a_batch_in_a_fiber() {
    let _watch = watch(&test_name());
    let outputs = current_thread().block_on(fiber(|| {
        batch((0..20).map(|n| async move {
            tokio::task::yield_now().await;
            let seven = usize::from(nap_sync());
            tokio::task::yield_now().await;
            seven + n
        }))
        .run()
    }));
    assert_eq!(outputs, (7..27).collect::<Vec<_>>());
}

/// The tasks of a set on the fiber's stack are tasks of their own: a call in one of them blocks.
#[test]
fn a_local_set_in_a_fiber() {
    let _watch = watch(&test_name());
    current_thread().block_on(fiber(|| {
        let seen = block_on(LocalSet::new().run_until(async {
            tokio::task::spawn_local(async {
                let seen = Context::current();
                assert_eq!(nap_sync(), 7);
                seen
            })
            .await
        }));
        assert_ne!(seen.expect("it does not panic"), Context::Fiber);
        assert_eq!(nap_sync(), 7);
    }));
}

#[test]
fn calls_that_block_run_fibers() {
    let _watch = watch(&test_name());
    current_thread().block_on(fiber(|| {
        sync_twin::without_fiber(|| {
            assert_eq!(Context::current(), Context::Driver);
            let seven = block_on(async {
                assert_ne!(Context::current(), Context::Fiber);
                fiber(|| {
                    assert_eq!(Context::current(), Context::Fiber);
                    nap_sync()
                })
                .await
            });
            assert_eq!(seven, 7);
        });
        assert_eq!(Context::current(), Context::Fiber);
    }));
}
