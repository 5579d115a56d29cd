//! Where a call in a fiber blocks: what is entered on its stack would be in force for others while it is suspended.

use crate::work::*;
use std::cell::Cell;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::task::Poll;
use sync_twin::{Context, block_on, fiber, sync_wrapper, without_fiber};
use tokio::runtime::Handle;

/// Whether another task of the thread has run during `call`, which is made in a fiber.
fn others_ran_during(call: impl FnOnce() + 'static) -> bool {
    let ran = Rc::new(Cell::new(false));
    let (to_set, seen) = (Rc::clone(&ran), Rc::clone(&ran));
    let runtime = current_thread();
    runtime.block_on(async {
        let code = fiber(move || {
            let before = seen.get();
            call();
            !before && seen.get()
        });
        let other = async { to_set.set(true) };
        tokio::join!(code, other).0
    })
}

#[test]
fn it_sees_what_it_is_to_see() {
    let _watch = watch(&test_name());
    assert!(others_ran_during(|| assert_eq!(nap_sync(), 7)));
}

#[test]
fn under_the_guard_of_another_runtime() {
    let _watch = watch(&test_name());
    let other = multi_thread();
    assert!(!others_ran_during(move || {
        let id = {
            let _entered = other.enter();
            assert_ne!(Context::current(), Context::Fiber);
            assert_eq!(nap_sync(), 7);
            Handle::current().id()
        };
        assert_eq!(id, other.handle().id());
        assert_eq!(Context::current(), Context::Fiber);
        other.shutdown_background();
    }));
}

#[test]
fn while_the_thread_unwinds() {
    let _watch = watch(&test_name());
    struct Naps;
    impl Drop for Naps {
        fn drop(&mut self) {
            assert!(std::thread::panicking());
            assert_ne!(Context::current(), Context::Fiber);
            assert_eq!(nap_sync(), 7);
        }
    }
    assert!(!others_ran_during(|| {
        let caught = catch_unwind(|| {
            let _naps = Naps;
            std::panic::resume_unwind(Box::new(()));
        });
        assert!(caught.is_err());
    }));
    // Dropped otherwise, it suspends.
    assert!(others_ran_during(|| {
        struct Naps;
        impl Drop for Naps {
            fn drop(&mut self) {
                assert_eq!(nap_sync(), 7);
            }
        }
        drop(Naps);
    }));
}

#[test]
fn where_the_code_says_so() {
    let _watch = watch(&test_name());
    assert!(!others_ran_during(|| {
        assert_eq!(without_fiber(nap_sync), 7);
        assert_eq!(Context::current(), Context::Fiber);
        let caught = catch_unwind(|| without_fiber(|| std::panic::resume_unwind(Box::new(()))));
        assert!(caught.is_err());
        assert_eq!(Context::current(), Context::Fiber);
    }));
    // Elsewhere it changes nothing.
    assert_eq!(without_fiber(nap_sync), 7);
}

/// A call that must not be ended must not be suspended, since the fiber may be dropped.
#[test]
fn where_nothing_may_end_it() {
    let _watch = watch(&test_name());
    assert!(!others_ran_during(|| {
        assert_eq!(sync_twin::without_cancel(nap_sync), 7);
    }));
    // What is around the fiber says nothing about its calls.
    sync_twin::without_cancel(|| {
        assert!(others_ran_during(|| assert_eq!(nap_sync(), 7)));
    });
}

#[sync_wrapper(runtime = **LENT)]
async fn lent() -> tokio::runtime::Id {
    tokio::task::yield_now().await;
    // A call inside is in that runtime, and blocks.
    assert_ne!(Context::current(), Context::Fiber);
    assert_eq!(nap_sync(), 7);
    Handle::current().id()
}

static LENT: std::sync::LazyLock<std::sync::Arc<tokio::runtime::Runtime>> =
    std::sync::LazyLock::new(|| std::sync::Arc::new(multi_thread()));

#[test]
fn in_a_runtime_that_is_lent() {
    let _watch = watch(&test_name());
    assert!(others_ran_during(|| {
        assert_eq!(lent_sync(), LENT.handle().id());
        assert_ne!(Handle::current().id(), LENT.handle().id());
    }));
}

/// A runtime that only the waiting thread drives.
#[test]
fn in_a_runtime_that_is_to_be_driven() {
    let _watch = watch(&test_name());
    struct Client(tokio::runtime::Runtime);
    impl Client {
        #[sync_wrapper(runtime = self.0)]
        async fn call(&self) -> tokio::runtime::Id {
            tokio::task::yield_now().await;
            Handle::current().id()
        }
    }
    multi_thread().block_on(fiber(|| {
        let client = Client(current_thread());
        assert_eq!(client.call_sync(), client.0.handle().id());
        client.0.shutdown_background();
    }));
}

/// The task's own budget: a call that never waits lets others run nevertheless.
#[test]
fn within_the_budget_of_its_task() {
    let _watch = watch(&test_name());
    assert!(others_ran_during(|| {
        let (sender, mut receiver) = tokio::sync::mpsc::unbounded_channel();
        for n in 0..1000 {
            sender.send(n).expect("there is room");
        }
        for n in 0..1000 {
            assert_eq!(block_on(receiver.recv()), Some(n));
        }
    }));
}

/// A future that sets no waker is not polled again, and costs nothing.
#[test]
fn polls_only_when_it_is_woken() {
    let _watch = watch(&test_name());
    let polls = Rc::new(Cell::new(0));
    let count = Rc::clone(&polls);
    let runtime = current_thread();
    let _entered = runtime.enter();
    let mut code = fiber(move || {
        block_on(poll_fn(|_| {
            count.set(count.get() + 1);
            Poll::<()>::Pending
        }));
    });
    for times in 1..4 {
        assert!(poll_with(&mut code, std::task::Waker::noop()).is_pending());
        assert_eq!(polls.get(), times);
    }
}

/// Spans and locals of the task hold on both sides, since they are entered around the poll.
#[test]
fn task_locals_of_the_task() {
    let _watch = watch(&test_name());
    tokio::task_local!(static REQUEST: u8);
    let run = |id: u8| {
        REQUEST.scope(
            id,
            fiber(move || {
                for _ in 0..5 {
                    nap_sync();
                    assert_eq!(REQUEST.get(), id);
                    block_on(async { assert_eq!(REQUEST.get(), id) });
                }
            }),
        )
    };
    current_thread().block_on(async { tokio::join!(run(1), run(2), run(3)) });
    let caught = catch_unwind(AssertUnwindSafe(|| REQUEST.get()));
    assert!(caught.is_err());
}
