//! Where a call is made is asked for, not tried: nothing panics for it, so no hook of the user's sees anything.

use crate::child::alone;
use crate::echo::{WAYS, double_sync};
use std::panic;
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::thread;
use sync_twin::{Context, block_on, sync_wrapper};
use sync_twin_tests::harness::places::{PLACES, Place};
use sync_twin_tests::harness::runtimes::current_thread;
use tokio::runtime::Handle;
use tokio::sync::oneshot;
use tokio::task::yield_now;

/// Runs `code`, and fails if the hook for panics is called meanwhile.
fn without_panics(code: impl FnOnce()) {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let hook = panic::take_hook();
    panic::set_hook({
        let seen = Arc::clone(&seen);
        Box::new(move |panic| {
            seen.lock().unwrap().push(panic.to_string());
            hook(panic);
        })
    });
    code();
    // What follows is none of what has been seen.
    drop(panic::take_hook());
    let seen = seen.lock().unwrap();
    assert_eq!(*seen, [""; 0]);
}

/// A program whose hook ends it would end.
#[test]
fn calls_and_contexts() {
    alone("panics::calls_and_contexts", || {
        without_panics(|| {
            for place in PLACES {
                place.run(|| {
                    let _ = Context::current();
                    for (_, call) in WAYS {
                        assert_eq!(call(21), 42);
                    }
                });
            }
        });
    });
}

/// Where a call may drive a runtime is asked for as well. A thread that is in a `block_on` of a current-thread runtime which
/// another one drives may not, and looks like a blocking thread.
#[test]
fn calls_that_may_drive() {
    alone("panics::calls_that_may_drive", || {
        without_panics(|| {
            for place in PLACES.into_iter().chain([Place::UndrivenGuard]) {
                place.run(|| assert_eq!(double_at_home_sync(21), 42));
            }
            // Nobody drives it, and a handle cannot.
            let runtime = Arc::new(current_thread());
            let doubled = runtime.handle().block_on(async { double_at_home_sync(21) });
            assert_eq!(doubled, 42);
            let driven = Arc::clone(&runtime);
            let (stop, stopped) = oneshot::channel::<()>();
            let (started, is_started) = channel();
            let driver = thread::spawn(move || {
                driven.block_on(async {
                    started.send(()).unwrap();
                    stopped.await.unwrap();
                });
            });
            is_started.recv().unwrap();
            runtime.block_on(async {
                assert_eq!(double_at_home_sync(21), 42);
                // Once more, from inside, after a wait.
                let nested = block_on(async {
                    yield_now().await;
                    double_at_home_sync(21)
                });
                assert_eq!(nested, 42);
            });
            stop.send(()).unwrap();
            driver.join().unwrap();
        });
    });
}

#[sync_wrapper(flavor = "current_thread")]
async fn double_at_home(n: u32) -> u32 {
    crate::echo::double(n).await
}

/// The thread is inside a `block_on` of ours, which only its panic would tell from outside.
#[test]
fn a_call_inside_block_on_of_the_handle_that_a_call_gives() {
    alone(
        "panics::a_call_inside_block_on_of_the_handle_that_a_call_gives",
        || {
            without_panics(|| {
                let doubled = block_on(async {
                    Handle::current().block_on(async {
                        let _ = Context::current();
                        double_sync(21)
                    })
                });
                assert_eq!(doubled, 42);
            });
        },
    );
}

/// A task of a current-thread runtime under the guard of a multi-thread one looks like a worker. This is the one place
/// where a call has to try, and the context has not.
#[test]
fn the_context_under_a_misleading_guard() {
    alone("panics::the_context_under_a_misleading_guard", || {
        without_panics(|| {
            sync_twin_tests::harness::runtimes::current_thread().block_on(async {
                let other = sync_twin_tests::harness::runtimes::workers(1);
                let task = tokio::spawn(async move {
                    let _context = other.enter();
                    let _ = Context::current();
                    drop(_context);
                    other.shutdown_background();
                });
                task.await.unwrap();
            });
        });
    });
}
