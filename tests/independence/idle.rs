//! Calls that only wait cost nothing, and threads that nobody needs any more end.

#![cfg(target_os = "linux")]

use crate::child::alone;
use crate::threads;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::mpsc::{Sender, channel};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::{Duration, Instant};
use sync_twin::{block_on, sync_wrapper};
use sync_twin_tests::harness::deadline::within_deadline;
use sync_twin_tests::harness::places::{PLACES, Place};
use tokio::sync::oneshot;
use tokio::task::yield_now;

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

/// A look at the scheduler tells what is to be polled again: nothing is polled for any other reason than that, or a wake-up.
#[test]
fn in_place_on_a_driver_nothing_is_polled_in_vain() {
    /// Counts its polls. Completes when somebody has said so, and has woken it.
    struct Counted {
        polls: u32,
        waker: Option<Sender<Waker>>,
        is_over: Arc<AtomicBool>,
    }
    impl Future for Counted {
        type Output = u32;

        fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<u32> {
            self.polls += 1;
            if let Some(waker) = self.waker.take() {
                waker.send(cx.waker().clone()).unwrap();
            }
            match self.is_over.load(SeqCst) {
                true => Poll::Ready(self.polls),
                false => Poll::Pending,
            }
        }
    }
    for place in PLACES.into_iter().filter(|place| place.drives()) {
        within_deadline(&format!("{place:?}"), move || {
            let is_over = Arc::new(AtomicBool::new(false));
            let over = Arc::clone(&is_over);
            let (waker, has_waker) = channel::<Waker>();
            let waking = thread::spawn(move || {
                let waker = has_waker.recv().unwrap();
                // Time for hundreds of polls, were there any.
                thread::sleep(Duration::from_millis(300));
                over.store(true, SeqCst);
                waker.wake();
            });
            let polls = place.run(move || {
                block_on(Counted {
                    polls: 0,
                    waker: Some(waker),
                    is_over,
                })
            });
            waking.join().unwrap();
            assert_eq!(polls, 2);
        });
    }
}

/// Each look that finds something leaves a waker with the scheduler until the call ends, so there are few looks.
/// With one after each poll these would be 16 MiB or more.
#[test]
fn in_place_on_a_driver_a_million_yields_take_no_memory() {
    const MOST: usize = 8 << 10;
    alone(
        "idle::in_place_on_a_driver_a_million_yields_take_no_memory",
        || {
            for place in PLACES.into_iter().filter(|place| place.drives()) {
                let more = place.run(|| {
                    block_on(yield_now());
                    let before = threads::memory();
                    block_on(async {
                        for _ in 0..1_000_000 {
                            yield_now().await;
                        }
                    });
                    threads::memory().saturating_sub(before)
                });
                assert!(more < MOST, "{place:?}: {more} KiB");
            }
        },
    );
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
