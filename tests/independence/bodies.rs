//! Async fns that block in other ways themselves, or that spawn tasks which do.

use crate::echo::double;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Barrier, LazyLock};
use std::thread;
use sync_twin::sync_wrapper;
use sync_twin_tests::harness::deadline::within_deadline;
use sync_twin_tests::harness::places::{PLACES, Place};
use sync_twin_tests::harness::runtimes::workers;
use tokio::runtime::{Handle, Runtime};
use tokio::sync::oneshot;
use tokio::task::{block_in_place, spawn, yield_now};

/// Never dropped: that, too, is forbidden inside a runtime.
static OTHER: LazyLock<Runtime> = LazyLock::new(|| workers(1));

#[derive(Clone, Copy, Debug)]
enum Blocks {
    OtherRuntime,
    OtherHandle,
    CurrentHandle,
    Receiver,
}

const ALL: [Blocks; 4] = [
    Blocks::OtherRuntime,
    Blocks::OtherHandle,
    Blocks::CurrentHandle,
    Blocks::Receiver,
];

impl Blocks {
    fn block(self) -> u32 {
        match self {
            Blocks::OtherRuntime => OTHER.block_on(double(21)),
            Blocks::OtherHandle => OTHER.handle().block_on(double(21)),
            Blocks::CurrentHandle => Handle::current().block_on(double(21)),
            Blocks::Receiver => {
                let (sender, receiver) = oneshot::channel();
                thread::spawn(move || sender.send(42));
                receiver.blocking_recv().unwrap()
            }
        }
    }
}

#[sync_wrapper]
async fn at_once(how: Blocks) -> u32 {
    how.block()
}

#[sync_wrapper(isolation = "never")]
async fn at_once_in_place(how: Blocks) -> u32 {
    how.block()
}

#[sync_wrapper]
async fn later(how: Blocks) -> u32 {
    yield_now().await;
    how.block()
}

#[sync_wrapper(isolation = "never")]
async fn later_in_place(how: Blocks) -> u32 {
    yield_now().await;
    how.block()
}

/// Whether tokio lets code block in the first poll there, and in later ones.
fn allowed(place: Place, isolates: bool) -> (bool, bool) {
    match place {
        // Its scheduler is at work, until the call has to wait and hands that on.
        Place::OneWorker => (false, true),
        Place::Root => (false, false),
        place if place.drives() => (isolates, isolates),
        _ => (true, true),
    }
}

/// With `.await` it panics everywhere, in tokio's words: "Cannot start a runtime from within a runtime", "Cannot block
/// the current thread from within a runtime".
#[test]
fn those_that_call_block_on_or_blocking_recv() {
    for place in PLACES {
        for how in ALL {
            within_deadline(&format!("{place:?}, {how:?}"), move || {
                place.run(move || {
                    let check = |name: &str, call: fn(Blocks) -> u32, allowed: bool| {
                        let outcome = catch_unwind(AssertUnwindSafe(|| call(how)));
                        match outcome {
                            Ok(doubled) => {
                                assert_eq!(doubled, 42);
                                assert!(allowed, "{name} works");
                            }
                            Err(panic) => {
                                let message = match panic.downcast::<String>() {
                                    Ok(message) => *message,
                                    Err(panic) => panic.downcast_ref::<&str>().unwrap().to_string(),
                                };
                                assert!(message.contains("Cannot"), "{name}: {message}");
                                assert!(!allowed, "{name}: {message}");
                            }
                        }
                    };
                    let (first, further) = allowed(place, true);
                    check("at once", at_once_sync, first);
                    check("later", later_sync, further);
                    let (first, further) = allowed(place, false);
                    check("at once, in place", at_once_in_place_sync, first);
                    check("later, in place", later_in_place_sync, further);
                });
            });
        }
    }
}

/// Where the caller is in, or beside, a multi-thread runtime.
const MULTI_THREAD: [Place; 4] = [
    Place::Root,
    Place::OneWorker,
    Place::BlockingThread,
    Place::Guard,
];

/// In home, a current-thread runtime, it would panic.
#[test]
fn those_whose_tasks_call_block_in_place() {
    #[sync_wrapper]
    async fn double_in_tasks() -> u32 {
        let mut sum = 0;
        for n in 0..4 {
            let recipe = async move { block_in_place(|| Handle::current().block_on(double(n))) };
            sum += spawn(recipe).await.unwrap();
        }
        sum
    }
    for place in MULTI_THREAD {
        within_deadline(&format!("{place:?}"), move || {
            assert_eq!(place.run(double_in_tasks_sync), 12);
        });
    }
}

/// Each blocks its thread until the others come, which in home would be never.
#[test]
fn those_whose_tasks_hold_a_thread_each() {
    #[sync_wrapper]
    async fn meet() -> usize {
        // There are as many workers on every machine.
        const TASKS: usize = 2;
        let barrier = Arc::new(Barrier::new(TASKS));
        let mut leaders = 0;
        let tasks: Vec<_> = (0..TASKS)
            .map(|_| {
                let barrier = Arc::clone(&barrier);
                spawn(async move { usize::from(barrier.wait().is_leader()) })
            })
            .collect();
        for task in tasks {
            leaders += task.await.unwrap();
        }
        leaders
    }
    for place in MULTI_THREAD {
        within_deadline(&format!("{place:?}"), move || {
            // A user's runtime with one worker could not do this itself.
            assert_eq!(place.run(meet_sync), 1);
        });
    }
}
