//! A fiber that is dropped before its end unwinds.

use crate::work::*;
use std::cell::{Cell, RefCell};
use std::future::Future;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind, panic_any, resume_unwind};
use std::rc::Rc;
use std::time::Duration;
use sync_twin::{Context, fiber};
use tokio::time::timeout;

const MOMENT: Duration = Duration::from_millis(20);

struct OnDrop<F: FnMut()>(F);

impl<F: FnMut()> Drop for OnDrop<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}

type Log = Rc<RefCell<Vec<&'static str>>>;

type Writes = OnDrop<Box<dyn FnMut()>>;

/// A log, and a value that writes to it when it is dropped.
fn log() -> (Log, impl Fn(&'static str) -> Writes) {
    let log = Log::default();
    let writer = Rc::clone(&log);
    let on_drop = move |word| {
        let writer = Rc::clone(&writer);
        OnDrop(Box::new(move || writer.borrow_mut().push(word)) as Box<dyn FnMut()>)
    };
    (log, on_drop)
}

#[test]
fn runs_the_destructors() {
    let _watch = watch(&test_name());
    let (log, on_drop) = log();
    current_thread().block_on(async {
        let code = fiber(move || {
            let _first = on_drop("first");
            let _second = on_drop("second");
            never_sync();
        });
        assert!(timeout(MOMENT, code).await.is_err());
    });
    assert_eq!(*log.borrow(), ["second", "first"]);
}

#[test]
fn runs_the_twins_of_destructors() {
    let _watch = watch(&test_name());
    let run = |log: Rc<Cell<u8>>| {
        fiber(move || {
            let _closes = OnDrop(move || {
                // It blocks: a thread that unwinds must not go on with others.
                assert_ne!(Context::current(), Context::Fiber);
                log.set(log.get() + nap_sync());
            });
            never_sync();
        })
    };
    let naps = Rc::new(Cell::new(0));
    current_thread().block_on(async {
        assert!(timeout(MOMENT, run(Rc::clone(&naps))).await.is_err());
    });
    assert_eq!(naps.get(), 7);
    // In a runtime, and in none.
    let runtime = current_thread();
    for in_runtime in [true, false] {
        let mut code = run(Rc::clone(&naps));
        let entered = in_runtime.then(|| runtime.enter());
        assert!(poll_with(&mut code, std::task::Waker::noop()).is_pending());
        drop(code);
        drop(entered);
    }
    assert_eq!(naps.get(), 21);
}

#[test]
fn when_a_local_set_is_dropped() {
    let _watch = watch(&test_name());
    let (log, on_drop) = log();
    let runtime = current_thread();
    let set = tokio::task::LocalSet::new();
    set.spawn_local(fiber(move || {
        let _guard = on_drop("dropped");
        never_sync();
    }));
    runtime.block_on(set.run_until(async { tokio::time::sleep(MOMENT).await }));
    assert!(log.borrow().is_empty());
    drop(set);
    assert_eq!(*log.borrow(), ["dropped"]);
}

/// A runtime's own end, in the middle of calls.
#[test]
fn when_a_runtime_is_dropped() {
    let _watch = watch(&test_name());
    let (log, on_drop) = log();
    let runtime = tokio::runtime::LocalRuntime::new().expect("a runtime");
    runtime.block_on(async {
        tokio::task::spawn_local(fiber(move || {
            let _guard = on_drop("dropped");
            let _ = isolated_never_sync();
        }));
        tokio::task::yield_now().await;
    });
    CANCEL.cancel();
    drop(runtime);
    assert_eq!(*log.borrow(), ["dropped"]);
}

static CANCEL: std::sync::LazyLock<sync_twin::Cancel> =
    std::sync::LazyLock::new(sync_twin::Cancel::new);

/// Runs on another thread until it is cancelled.
#[sync_twin::sync_wrapper(isolation = "always", cancel = &*CANCEL)]
async fn isolated_never() {
    std::future::pending().await
}

#[test]
fn code_that_has_caught_it_is_ended_by_its_next_call() {
    let _watch = watch(&test_name());
    let (log, on_drop) = log();
    current_thread().block_on(async {
        let code = fiber(move || {
            let caught = catch_unwind(never_sync);
            drop(on_drop("caught"));
            assert!(caught.is_err());
            let _guard = on_drop("ended");
            nap_sync();
            drop(on_drop("not reached"));
        });
        assert!(timeout(MOMENT, code).await.is_err());
    });
    assert_eq!(*log.borrow(), ["caught", "ended"]);
}

#[test]
fn code_that_catches_it_for_ever_is_left_where_it_is() {
    let _watch = watch(&test_name());
    let guard = Rc::new(());
    let held = Rc::clone(&guard);
    let rounds = Rc::new(Cell::new(0));
    let count = Rc::clone(&rounds);
    current_thread().block_on(async {
        let code = fiber(move || {
            loop {
                let _ = catch_unwind(never_sync);
                count.set(count.get() + 1);
                let _ = &held;
            }
        });
        assert!(timeout(MOMENT, code).await.is_err());
    });
    assert!(rounds.get() > 1);
    assert_eq!(Rc::strong_count(&guard), 2, "nothing of it is freed");
    // The thread goes on as before.
    assert_eq!(Context::current(), Context::Outside);
    assert_eq!(current_thread().block_on(fiber(nap_sync)), 7);
}

#[test]
fn code_that_ends_nevertheless_has_its_output_dropped() {
    let _watch = watch(&test_name());
    let (log, on_drop) = log();
    current_thread().block_on(async {
        let code = fiber(move || {
            let _ = catch_unwind(never_sync);
            on_drop("output")
        });
        assert!(timeout(MOMENT, code).await.is_err());
    });
    assert_eq!(*log.borrow(), ["output"]);
}

#[test]
fn a_panic_of_its_own_reaches_who_drops_it() {
    let _watch = watch(&test_name());
    current_thread().block_on(async {
        let mut code = fiber(|| {
            let _ = catch_unwind(never_sync);
            panic_any(3_u8);
        });
        assert!(poll_with(&mut code, std::task::Waker::noop()).is_pending());
        let caught = catch_unwind(AssertUnwindSafe(|| drop(code)));
        assert_eq!(caught.expect_err("it panics").downcast_ref(), Some(&3_u8));
    });
}

#[test]
fn while_the_thread_unwinds() {
    let _watch = watch(&test_name());
    let (log, on_drop) = log();
    let runtime = current_thread();
    let caught = catch_unwind(AssertUnwindSafe(|| {
        runtime.block_on(async {
            let mut code = fiber(move || {
                let _guard = on_drop("dropped");
                let _closes = OnDrop(|| assert_eq!(nap_sync(), 7));
                never_sync();
            });
            assert!(poll_with(&mut code, std::task::Waker::noop()).is_pending());
            resume_unwind(Box::new(4_u8));
        })
    }));
    assert_eq!(caught.expect_err("it unwinds").downcast_ref(), Some(&4_u8));
    assert_eq!(*log.borrow(), ["dropped"]);
}

/// Unwinds this thread, which drops `code` after it has been polled once.
fn drop_by_panic<F: Future + Unpin>(mut code: F) {
    let caught = catch_unwind(AssertUnwindSafe(|| {
        current_thread().block_on(async {
            assert!(poll_with(&mut code, std::task::Waker::noop()).is_pending());
            let _code = code;
            resume_unwind(Box::new(4_u8));
        })
    }));
    assert_eq!(caught.expect_err("it unwinds").downcast_ref(), Some(&4_u8));
}

/// Calls block while the thread unwinds, and so could not tell that the code goes on for ever.
#[test]
fn by_a_panic_code_that_catches_it_for_ever() {
    let _watch = watch(&test_name());
    let guard = Rc::new(());
    let held = Rc::clone(&guard);
    drop_by_panic(fiber(move || {
        loop {
            let _ = catch_unwind(|| yields_sync(1));
            let _ = &held;
        }
    }));
    assert_eq!(Rc::strong_count(&guard), 2, "nothing of it is freed");
    assert!(!std::thread::panicking());
    assert_eq!(current_thread().block_on(fiber(nap_sync)), 7);
}

#[test]
fn by_a_panic_code_that_has_caught_it() {
    let _watch = watch(&test_name());
    let (log, on_drop) = log();
    let naps = Rc::new(Cell::new(0));
    let count = Rc::clone(&naps);
    drop_by_panic(fiber(move || {
        let caught = catch_unwind(AssertUnwindSafe(|| {
            // While it unwinds, destructors may call.
            let _closes = OnDrop(|| count.set(nap_sync()));
            never_sync();
        }));
        // As long as the code keeps what it has caught, it may be about to go on unwinding.
        assert_eq!(nap_sync(), 7);
        drop(caught);
        drop(on_drop("caught"));
        let _guard = on_drop("ended");
        nap_sync();
        drop(on_drop("not reached"));
    }));
    assert_eq!(naps.get(), 7);
    assert_eq!(*log.borrow(), ["caught", "ended"]);
}

/// A payload or an output that panics when it is dropped must not end the process.
#[test]
fn by_a_panic_what_panics_in_its_turn() {
    let _watch = watch(&test_name());
    struct Bomb;
    impl Drop for Bomb {
        fn drop(&mut self) {
            resume_unwind(Box::new("of the bomb"));
        }
    }
    drop_by_panic(fiber(|| {
        let _ = catch_unwind(never_sync);
        Bomb
    }));
    drop_by_panic(fiber(|| {
        let _ = catch_unwind(never_sync);
        panic_any(Bomb);
    }));
}

#[test]
fn code_that_has_caught_it_is_ended_by_a_call_on_another_thread() {
    let _watch = watch(&test_name());
    let (log, on_drop) = log();
    current_thread().block_on(async {
        let code = fiber(move || {
            let _ = catch_unwind(never_sync);
            let _guard = on_drop("ended");
            let _ = isolated_nap_sync();
            drop(on_drop("not reached"));
        });
        assert!(timeout(MOMENT, code).await.is_err());
    });
    assert_eq!(*log.borrow(), ["ended"]);
}

#[sync_twin::sync_wrapper(isolation = "always")]
async fn isolated_nap() -> u8 {
    nap().await
}

/// A future whose own call has been ended waits no more.
#[test]
fn a_future_that_has_caught_it_is_ended() {
    let _watch = watch(&test_name());
    let (log, on_drop) = log();
    current_thread().block_on(async {
        let code = fiber(move || {
            let _guard = on_drop("ended");
            sync_twin::block_on(async {
                let _held = on_drop("future");
                let _ = catch_unwind(never_sync);
                std::future::pending::<()>().await;
            });
        });
        assert!(timeout(MOMENT, code).await.is_err());
    });
    assert_eq!(*log.borrow(), ["future", "ended"]);
}

/// Nothing on its stack borrows from elsewhere, so that it may stay there for ever.
#[test]
fn a_fiber_that_is_forgotten_keeps_its_stack() {
    let _watch = watch(&test_name());
    let guard = Rc::new(());
    let held = Rc::clone(&guard);
    let runtime = current_thread();
    let _entered = runtime.enter();
    let mut code = fiber(move || {
        never_sync();
        drop(held);
    });
    assert!(poll_with(&mut code, std::task::Waker::noop()).is_pending());
    mem::forget(code);
    assert_eq!(Rc::strong_count(&guard), 2);
    assert_eq!(runtime.block_on(fiber(nap_sync)), 7);
}
