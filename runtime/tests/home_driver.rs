//! Somebody drives sync-twin's own runtime at any time: when a call has ended, while nobody calls, while callers
//! compute, and in whatever a caller does meanwhile.
//!
//! Nothing here measures a time. What is waited for comes, or the test fails after a minute.

mod deadline;

use deadline::{HANG, test_name, within_deadline};
use std::future::pending;
use std::hint::spin_loop;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread;
use std::time::{Duration, Instant};
use sync_twin::block_on;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::yield_now;
use tokio::time::{interval, sleep};

const MOMENT: Duration = Duration::from_millis(1);

/// One test at a time: where nobody is to call, the others must not either.
fn alone(case: fn()) {
    static TURN: Mutex<()> = Mutex::new(());
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    within_deadline(&test_name(), case);
}

#[track_caller]
fn until(condition: impl Fn() -> bool, pause: fn()) {
    let deadline = Instant::now() + HANG;
    while !condition() {
        assert!(Instant::now() < deadline, "it hangs");
        pause();
    }
}

#[track_caller]
fn wait_until(condition: impl Fn() -> bool) {
    until(condition, || thread::sleep(Duration::from_micros(100)));
}

/// Waits too, but not in a way that anybody could notice.
#[track_caller]
fn compute_until(condition: impl Fn() -> bool) {
    until(condition, spin_loop);
}

/// Sockets, timers and a task.
async fn work() {
    let listener = TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port is free");
    let address = listener.local_addr().expect("it is bound");
    let server = tokio::spawn(async move {
        let (mut peer, _) = listener.accept().await.expect("somebody connects");
        sleep(Duration::from_micros(100)).await;
        peer.write_u8(7).await.expect("the peer reads");
    });
    let mut client = TcpStream::connect(address).await.expect("somebody listens");
    assert_eq!(client.read_u8().await.expect("the peer writes"), 7);
    server.await.expect("it does not panic");
}

/// A task that counts the ticks of an interval, until this is dropped.
struct Ticks {
    count: Arc<AtomicUsize>,
    _end: oneshot::Sender<()>,
}

impl Ticks {
    /// Started by a call that ends at once.
    fn start() -> Self {
        let count = Arc::new(AtomicUsize::new(0));
        let ticks = count.clone();
        let (_end, ended) = oneshot::channel();
        block_on(async {
            tokio::spawn(async move {
                let tick = async {
                    let mut interval = interval(MOMENT);
                    loop {
                        interval.tick().await;
                        ticks.fetch_add(1, SeqCst);
                    }
                };
                tokio::select! {
                    () = tick => {}
                    _ = ended => {}
                }
            });
        });
        Ticks { count, _end }
    }

    /// A condition that holds when `more` ticks have come from now on.
    fn after(&self, more: usize) -> impl Fn() -> bool {
        let count = self.count.clone();
        let enough = count.load(SeqCst) + more;
        move || count.load(SeqCst) >= enough
    }
}

/// What a caller may have done before its last call: never waited, waited a few times with the home thread in the seat,
/// had the seat in a burst, and had it for so long that the home thread has gone to sleep.
const EARLIER: [fn(); 4] = [
    || {},
    || (0..3).for_each(|_| block_on(work())),
    || (0..100).for_each(|_| block_on(yield_now())),
    || {
        (0..20).for_each(|_| block_on(work()));
        block_on(async { sleep(Duration::from_millis(20)).await });
    },
];

#[test]
fn a_task_goes_on_after_the_call_that_left_it() {
    alone(|| {
        for round in 0..40 {
            EARLIER[round % EARLIER.len()]();
            let (steps, taken) = mpsc::channel();
            block_on(async {
                // In every other round this call waits too, and in some of them for long.
                match round / EARLIER.len() % 3 {
                    0 => {}
                    1 => yield_now().await,
                    _ => sleep(Duration::from_millis(10)).await,
                }
                tokio::spawn(async move {
                    for step in 0..5 {
                        yield_now().await;
                        sleep(MOMENT).await;
                        work().await;
                        steps.send(step).expect("the test listens");
                    }
                });
            });
            for step in 0..5 {
                assert_eq!(taken.recv_timeout(HANG), Ok(step), "round {round}");
            }
        }
    });
}

#[test]
fn timers_fire_while_nobody_calls() {
    alone(|| {
        let ticks = Ticks::start();
        for earlier in EARLIER {
            earlier();
            wait_until(ticks.after(20));
        }
    });
}

#[test]
fn timers_fire_while_a_caller_waits_for_long() {
    alone(|| {
        let ticks = Ticks::start();
        for earlier in EARLIER {
            earlier();
            let (end, ended) = oneshot::channel();
            let (begun, begin) = mpsc::channel();
            let caller = thread::spawn(move || {
                block_on(async {
                    begun.send(()).expect("the test listens");
                    tokio::select! {
                        () = sleep(HANG * 60) => {}
                        _ = ended => {}
                    }
                });
            });
            begin.recv_timeout(HANG).expect("it begins");
            wait_until(ticks.after(20));
            // Its own timers too, and those of callers that come later.
            block_on(work());
            block_on(async { sleep(MOMENT).await });
            end.send(()).expect("it still waits");
            caller.join().expect("it does not panic");
        }
    });
}

/// Calls that wait, calls that are ready at once and never drive, and calls that compute.
#[test]
fn timers_fire_during_a_burst() {
    alone(|| {
        let ticks = Ticks::start();
        let deadline = Instant::now() + HANG;
        let burst = |call: fn()| {
            let enough = ticks.after(20);
            while !enough() {
                call();
                assert!(Instant::now() < deadline, "it hangs");
            }
        };
        burst(|| block_on(yield_now()));
        burst(|| block_on(work()));
        burst(|| block_on(async {}));
        burst(|| block_on(async { thread::sleep(MOMENT) }));
        burst(|| {
            block_on(async {
                yield_now().await;
                thread::sleep(MOMENT);
            });
        });
    });
}

/// The caller computes in its first poll, and again once it has waited and driven for the others. Each time it goes on
/// until every one of them has made calls from beginning to end.
#[test]
fn a_caller_that_computes_delays_no_other() {
    alone(|| {
        const OTHERS: usize = 4;
        let calls: Arc<[AtomicUsize; OTHERS]> = Arc::default();
        let stop = Arc::new(AtomicBool::new(false));
        let others: Vec<_> = (0..OTHERS)
            .map(|other| {
                let (calls, stop) = (calls.clone(), stop.clone());
                thread::spawn(move || {
                    while !stop.load(SeqCst) {
                        match other % 2 {
                            0 => block_on(work()),
                            _ => block_on(async { sleep(Duration::from_micros(300)).await }),
                        }
                        calls[other].fetch_add(1, SeqCst);
                    }
                })
            })
            .collect();
        let all_get_on = || {
            let enough: Vec<_> = calls.iter().map(|calls| calls.load(SeqCst) + 10).collect();
            compute_until(|| {
                let mut pairs = calls.iter().zip(&enough);
                pairs.all(|(calls, enough)| calls.load(SeqCst) >= *enough)
            });
        };
        for _ in 0..5 {
            block_on(async {
                all_get_on();
                sleep(Duration::from_millis(5)).await;
                all_get_on();
                yield_now().await;
                all_get_on();
            });
        }
        stop.store(true, SeqCst);
        for other in others {
            other.join().expect("it does not panic");
        }
    });
}

/// Whoever is in the seat is woken by a call, not by the runtime, and has to pass on what is left to do.
#[test]
fn callers_that_wait_for_each_other() {
    alone(|| {
        for _ in 0..200 {
            let (first, second) = (oneshot::channel(), oneshot::channel());
            let (done, ended) = mpsc::channel();
            let also_done = done.clone();
            thread::spawn(move || {
                block_on(async {
                    first.0.send(()).expect("the other one waits");
                    second.1.await.expect("the other one is there");
                    sleep(Duration::from_micros(100)).await;
                });
                done.send(()).expect("the test listens");
            });
            thread::spawn(move || {
                block_on(async {
                    first.1.await.expect("the other one is there");
                    second.0.send(()).expect("the other one waits");
                    yield_now().await;
                });
                also_done.send(()).expect("the test listens");
            });
            for _ in 0..2 {
                ended.recv_timeout(HANG).expect("both get through");
            }
        }
    });
}

/// A call that is given up leaves the seat to others.
#[test]
fn calls_that_are_given_up() {
    alone(|| {
        let ticks = Ticks::start();
        for _ in 0..20 {
            let result = sync_twin::block_on_timeout(MOMENT, pending::<()>());
            assert!(result.is_err());
            wait_until(ticks.after(1));
        }
        block_on(work());
    });
}
