//! Calls in the hooks that a runtime runs on its threads.

use crate::echo::{WAYS, double_sync};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;
use sync_twin_tests::harness::deadline::within_deadline;
use tokio::runtime::{Builder, Runtime};

type Outcome = Result<u32, String>;

/// A hook that makes the call once, and where its outcome comes.
fn calling_once(call: fn(u32) -> u32) -> (impl Fn() + Send + Sync + 'static, Receiver<Outcome>) {
    let (sender, outcome) = channel();
    let first = AtomicBool::new(true);
    let hook = move || {
        if first.swap(false, SeqCst) {
            let outcome = catch_unwind(AssertUnwindSafe(|| call(21)));
            let outcome = outcome.map_err(|panic| match panic.downcast::<String>() {
                Ok(message) => *message,
                Err(panic) => panic.downcast_ref::<&str>().expect("a message").to_string(),
            });
            // Nobody listens after a failure.
            let _ = sender.send(outcome);
        }
    };
    (hook, outcome)
}

fn one_worker() -> Builder {
    let mut builder = Builder::new_multi_thread();
    builder.worker_threads(1).enable_all();
    builder
}

/// Whatever the hook did, tasks, timers and calls go on.
fn check(runtime: Runtime) {
    runtime.block_on(async {
        let task = tokio::spawn(async { crate::echo::double(1).await + double_sync(20) });
        assert_eq!(task.await.unwrap(), 42);
    });
}

/// `Handle::block_on` hangs there: the only worker has not started yet.
#[test]
fn a_thread_that_starts() {
    for (way, call) in WAYS {
        within_deadline(way, move || {
            let (hook, outcome) = calling_once(call);
            let runtime = one_worker().on_thread_start(hook).build().unwrap();
            assert_eq!(outcome.recv().unwrap(), Ok(42));
            check(runtime);
        });
    }
}

/// `Handle::block_on` panics there: "… it is being shutdown".
#[test]
fn a_thread_that_stops() {
    for (way, call) in WAYS {
        within_deadline(way, move || {
            let (hook, outcome) = calling_once(call);
            let runtime = one_worker().on_thread_stop(hook).build().unwrap();
            check(runtime);
            assert_eq!(outcome.recv().unwrap(), Ok(42));
        });
    }
}

/// The worker is between tasks, with the driver in its hands. A call works, or is refused in words of ours.
/// `Handle::block_on` panics: "Cannot start a runtime from within a runtime".
#[test]
fn a_worker_that_parks_or_unparks() {
    for (way, call) in WAYS {
        for unparks in [false, true] {
            within_deadline(&format!("unparks: {unparks}, {way}"), move || {
                let (hook, outcome) = calling_once(call);
                let mut builder = one_worker();
                if unparks {
                    builder.on_thread_unpark(hook);
                } else {
                    builder.on_thread_park(hook);
                }
                let runtime = builder.build().unwrap();
                let outcome = loop {
                    // The worker parks, and is woken.
                    runtime.spawn(async {});
                    match outcome.recv_timeout(Duration::from_millis(10)) {
                        Err(RecvTimeoutError::Timeout) => {}
                        outcome => break outcome.unwrap(),
                    }
                };
                match outcome {
                    Ok(doubled) => assert_eq!(doubled, 42),
                    Err(message) => {
                        assert!(message.contains("blocking call"), "{message}");
                        assert!(!message.contains("Cannot"), "{message}");
                    }
                }
                check(runtime);
            });
        }
    }
}
