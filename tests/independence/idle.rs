//! Calls that only wait cost nothing, and threads that nobody needs any more end.

#![cfg(target_os = "linux")]

use crate::child::alone;
use crate::threads;
use std::thread;
use std::time::{Duration, Instant};
use sync_twin::sync_wrapper;
use sync_twin_tests::harness::places::{PLACES, Place};
use tokio::sync::oneshot;

#[sync_wrapper]
async fn wait_for(event: oneshot::Receiver<()>) {
    event.await.unwrap();
}

#[sync_wrapper(isolation = "never")]
async fn wait_in_place_for(event: oneshot::Receiver<()>) {
    event.await.unwrap();
}

/// How many times a thread may go to sleep in a call of half a second, nudges and reports included. Pauses that grow to
/// a millisecond are 500.
const FEW: usize = 60;

/// `futures::executor::block_on` beside a multi-thread runtime goes to sleep once, as it should.
#[test]
fn a_call_that_waits_sleeps() {
    alone("idle::a_call_that_waits_sleeps", || {
        let ways = [
            ("auto", wait_for_sync as fn(_)),
            ("in place", wait_in_place_for_sync),
        ];
        for place in PLACES {
            for (way, call) in ways {
                let (sender, event) = oneshot::channel();
                let sending = thread::spawn(move || {
                    thread::sleep(Duration::from_millis(500));
                    sender.send(()).unwrap();
                });
                let sleeps = place.run(move || {
                    let before = threads::sleeps();
                    call(event);
                    threads::sleeps() - before
                });
                sending.join().unwrap();
                assert!(sleeps < FEW, "{place:?}, {way}: {sleeps}");
            }
        }
    });
}

/// tokio's blocking threads end after ten seconds.
#[test]
fn isolation_threads_end_some_time_after_their_last_call() {
    alone(
        "idle::isolation_threads_end_some_time_after_their_last_call",
        || {
            let (waits, events): (Vec<_>, Vec<_>) = (0..20).map(|_| oneshot::channel()).unzip();
            let callers: Vec<_> = events
                .into_iter()
                .map(|event| thread::spawn(|| Place::Driver.run(|| wait_for_sync(event))))
                .collect();
            while threads::named("sync-twin-isolated") < 20 {
                thread::sleep(Duration::from_millis(5));
            }
            for wait in waits {
                wait.send(()).unwrap();
            }
            for caller in callers {
                caller.join().unwrap();
            }
            let end = Instant::now() + Duration::from_secs(70);
            while threads::named("sync-twin-isolated") > 0 {
                assert!(Instant::now() < end, "they are still there");
                thread::sleep(Duration::from_millis(100));
            }
            // And come back.
            Place::Driver.run(|| assert_eq!(crate::echo::double_sync(21), 42));
        },
    );
}
