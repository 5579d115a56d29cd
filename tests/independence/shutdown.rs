//! Calls in what a runtime runs or drops while it shuts down, and in the context of one that has ended.

use crate::echo::{WAYS, double_sync};
use std::future::pending;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Sender, channel};
use std::thread;
use std::time::Duration;
use sync_twin_tests::harness::deadline::within_deadline;
use sync_twin_tests::harness::runtimes::{current_thread, workers};
use tokio::runtime::{Builder, Runtime};
use tokio::task::spawn_blocking;

/// Makes a call when it is dropped, and sends what comes of it: most of these places swallow a panic.
struct CallOnDrop {
    call: fn(u32) -> u32,
    outcome: Sender<Result<u32, String>>,
}

impl Drop for CallOnDrop {
    fn drop(&mut self) {
        let outcome = catch_unwind(AssertUnwindSafe(|| (self.call)(21)));
        let outcome = outcome.map_err(|panic| match panic.downcast::<String>() {
            Ok(message) => *message,
            Err(panic) => panic.downcast_ref::<&str>().expect("a message").to_string(),
        });
        // Nobody listens after a failure.
        let _ = self.outcome.send(outcome);
    }
}

/// Drops `runtime` with a task in it that computes for a while and then waits for ever, and calls when it is dropped.
fn dropped_with(runtime: Runtime, computes: Duration, call: fn(u32) -> u32) {
    let (sender, outcome) = channel();
    let (started, is_started) = channel();
    runtime.spawn(async move {
        let _value = CallOnDrop {
            call,
            outcome: sender,
        };
        started.send(()).unwrap();
        thread::sleep(computes);
        pending::<()>().await;
    });
    is_started.recv().unwrap();
    if computes.is_zero() {
        // Long enough for the task to have come to rest.
        thread::sleep(Duration::from_millis(30));
    }
    drop(runtime);
    assert_eq!(outcome.recv().unwrap(), Ok(42));
}

/// The recipe hangs: nobody drives a runtime that is shutting down.
#[test]
fn an_idle_task_that_calls_when_it_is_dropped() {
    for (way, call) in WAYS {
        for n in [1, 2] {
            within_deadline(&format!("{n} workers, {way}"), move || {
                dropped_with(workers(n), Duration::ZERO, call);
            });
        }
    }
}

/// The worker learns of the shutdown only after this poll. The recipe hangs.
#[test]
fn a_task_that_is_cancelled_while_it_is_polled() {
    for (way, call) in WAYS {
        for n in [1, 2] {
            within_deadline(&format!("{n} workers, {way}"), move || {
                dropped_with(workers(n), Duration::from_millis(100), call);
            });
        }
    }
}

/// It drops its tasks on the thread that drops it.
#[test]
fn a_task_of_a_current_thread_runtime_that_is_dropped() {
    for (way, call) in WAYS {
        within_deadline(way, move || {
            let (sender, outcome) = channel();
            let runtime = current_thread();
            runtime.block_on(async {
                tokio::spawn(async move {
                    let _value = CallOnDrop {
                        call,
                        outcome: sender,
                    };
                    pending::<()>().await;
                });
                tokio::task::yield_now().await;
            });
            drop(runtime);
            assert_eq!(outcome.recv().unwrap(), Ok(42));
        });
    }
}

/// Several at once, each with calls, on a single worker.
#[test]
fn many_idle_tasks_that_call_when_they_are_dropped() {
    within_deadline("30 tasks", || {
        let runtime = workers(1);
        let (sender, outcomes) = channel();
        for _ in 0..30 {
            let outcome = sender.clone();
            runtime.spawn(async move {
                let _value = CallOnDrop {
                    call: double_sync,
                    outcome,
                };
                pending::<()>().await;
            });
        }
        drop(sender);
        thread::sleep(Duration::from_millis(30));
        drop(runtime);
        assert!(outcomes.iter().all(|outcome| outcome == Ok(42)));
    });
}

/// `Handle::block_on` panics at the first timer or socket: "A Tokio 1.x context was found, but it is being shutdown".
#[test]
fn a_blocking_thread_after_shutdown_background() {
    for (way, call) in WAYS {
        within_deadline(way, move || {
            for runtime in [workers(1), current_thread()] {
                let (go, may_go) = channel::<()>();
                let (sender, outcome) = channel();
                runtime.spawn_blocking(move || {
                    let value = CallOnDrop {
                        call,
                        outcome: sender,
                    };
                    // Ends when the other end is dropped.
                    may_go.recv().unwrap_err();
                    drop(value);
                });
                // Until it is taken up: what waits in the queue is cancelled.
                thread::sleep(Duration::from_millis(30));
                runtime.shutdown_background();
                drop(go);
                assert_eq!(outcome.recv().unwrap(), Ok(42));
            }
        });
    }
}

/// `Handle::block_on` panics, as above.
#[test]
fn under_the_guard_of_a_dropped_runtime() {
    for (way, call) in WAYS {
        within_deadline(way, move || {
            for runtime in [workers(1), current_thread()] {
                let handle = runtime.handle().clone();
                drop(runtime);
                let _context = handle.enter();
                assert_eq!(call(21), 42);
            }
        });
    }
}

/// The recipe panics: "… timers are disabled", "… IO is disabled".
#[test]
fn in_a_runtime_without_drivers() {
    for (way, call) in WAYS {
        let bare = [
            || Builder::new_multi_thread().worker_threads(1).build(),
            || Builder::new_current_thread().build(),
        ];
        for (n, build) in bare.into_iter().enumerate() {
            within_deadline(&format!("{way}, {n}"), move || {
                build()
                    .unwrap()
                    .block_on(async { assert_eq!(call(21), 42) });
                build().unwrap().block_on(async {
                    let task = tokio::spawn(async move { call(21) });
                    assert_eq!(task.await.unwrap(), 42);
                    let thread = spawn_blocking(move || call(21));
                    assert_eq!(thread.await.unwrap(), 42);
                });
                let runtime = build().unwrap();
                let _context = runtime.enter();
                assert_eq!(call(21), 42);
            });
        }
    }
}
