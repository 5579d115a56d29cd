//! `LocalSet` and `spawn_local` in calls.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::mpsc::{Sender, TryRecvError, channel};
use sync_twin::sync_wrapper;
use sync_twin_tests::harness::deadline::within_deadline;
use sync_twin_tests::harness::places::{PLACES, Place};
use sync_twin_tests::harness::runtimes::{current_thread, local};
use tokio::task::{LocalSet, spawn_local, yield_now};

/// Its task does not yield: in place on a driver that would be kept back, and the set polls only tasks that are woken.
async fn in_a_set() -> usize {
    let shared = Rc::new(());
    LocalSet::new()
        .run_until(async {
            let other = Rc::clone(&shared);
            let task = spawn_local(async move {
                crate::echo::double(1).await;
                Rc::strong_count(&other)
            });
            task.await.unwrap()
        })
        .await
}

#[sync_wrapper]
async fn count() -> usize {
    in_a_set().await
}

#[sync_wrapper(isolation = "never")]
async fn count_in_place() -> usize {
    in_a_set().await
}

/// In place on a driver, a `LocalRuntime` of another thread was once taken for the set.
#[test]
fn a_set_in_a_call() {
    for place in PLACES {
        for (way, call) in [
            ("auto", count_sync as fn() -> _),
            ("in place", count_in_place_sync),
        ] {
            within_deadline(&format!("{place:?}, {way}"), move || {
                assert_eq!(place.run(call), 2);
            });
        }
    }
}

#[sync_wrapper]
async fn bare() {
    spawn_local(async {}).await.unwrap();
}

#[sync_wrapper(isolation = "never")]
async fn bare_in_place() {
    spawn_local(async {}).await.unwrap();
}

/// As in tokio's own `block_on`: a panic in its words. Only isolated calls had a set of their own once.
#[test]
fn a_bare_spawn_local_panics_everywhere() {
    for place in PLACES {
        // There the thread's own set is asked, which nobody runs while the call waits.
        if matches!(place, Place::LocalTask | Place::LocalRuntime) {
            continue;
        }
        for (way, call) in [
            ("auto", bare_sync as fn()),
            ("in place", bare_in_place_sync),
        ] {
            within_deadline(&format!("{place:?}, {way}"), move || {
                place.run(move || {
                    let panic = catch_unwind(AssertUnwindSafe(call)).unwrap_err();
                    let message = panic
                        .downcast_ref::<&str>()
                        .map(|message| (*message).to_owned())
                        .or_else(|| panic.downcast_ref::<String>().cloned())
                        .unwrap();
                    assert!(message.contains("spawn_local"), "{message}");
                });
            });
        }
    }
}

/// A set of the thread's own is found where the call is polled in place: the task is the set's, and runs after the call.
/// Isolated, the call knows nothing of the set, and a `LocalRuntime` is not found at all.
#[test]
fn a_bare_spawn_local_inside_a_set() {
    #[sync_wrapper(isolation = "never")]
    async fn start_in_place(done: Sender<()>) {
        spawn_local(async move { done.send(()).unwrap() });
    }
    async fn isolated_panics() {
        assert!(catch_unwind(AssertUnwindSafe(bare_sync)).is_err());
    }
    within_deadline("a set", || {
        let task = async {
            isolated_panics().await;
            let (done, is_done) = channel();
            start_in_place_sync(done);
            assert_eq!(is_done.try_recv(), Err(TryRecvError::Empty));
            yield_now().await;
            assert_eq!(is_done.try_recv(), Ok(()));
        };
        let task = async { spawn_local(task).await.unwrap() };
        LocalSet::new().block_on(&current_thread(), task);
    });
    within_deadline("a runtime", || {
        let task = async {
            isolated_panics().await;
            let (done, _is_done) = channel();
            let start = AssertUnwindSafe(|| start_in_place_sync(done));
            assert!(catch_unwind(start).is_err());
        };
        local().block_on(async { spawn_local(task).await.unwrap() });
    });
}
