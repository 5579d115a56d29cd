//! Wakers that panic when a driver wakes them. One such future must not end sync-twin for the process.
//!
//! tokio drops the driver of a runtime in which that happens, so calls in flight there can never complete: each ends with a
//! panic that says so, and the next call finds a new home.
//!
//! The crew is left out: in a debug build, as tests are, tokio aborts the process when a worker panics (a guard of its
//! own). What happens in a release build is in `profiles`.

#![cfg(target_os = "linux")]

use crate::child::alone;
use crate::echo::{WAYS, connect_sync, double, double_sync};
use crate::threads;
use std::any::Any;
use std::future::pending;
use std::io::Write as _;
use std::net::TcpListener;
use std::panic::catch_unwind;
use std::pin::pin;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::task::{Context, Wake, Waker};
use std::thread;
use std::time::{Duration, Instant};
use sync_twin::{batch, block_on, spawn, sync_wrapper};
use sync_twin_tests::harness::places::{PLACES, Place};
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::time::sleep;

/// Far above what any case takes on a loaded machine: it only means "hangs".
const DEADLINE: Duration = Duration::from_secs(30);

/// No test lasts that long.
const AN_HOUR: Duration = Duration::from_secs(3600);

/// What a faulty waker panics with.
const FAULT: &str = "this waker is faulty";

struct Faulty;

impl Wake for Faulty {
    fn wake(self: Arc<Self>) {
        panic!("{FAULT}");
    }
}

/// What wakes a faulty waker some time after its call has ended.
#[derive(Clone, Copy, Debug)]
enum Source {
    Timer,
    Socket,
}

const SOURCES: [Source; 2] = [Source::Timer, Source::Socket];

impl Source {
    /// Has home's driver wake a faulty waker in a moment.
    fn arm(self) {
        match self {
            Source::Timer => arm_timer_sync(),
            Source::Socket => {
                let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
                let address = listener.local_addr().expect("it is bound");
                arm_socket_sync(address);
                let (mut socket, _) = listener.accept().expect("it has connected");
                socket.write_all(&[7]).expect("loopback works");
            }
        }
    }
}

/// Leaves a timer behind, which is never dropped: that would take its waker back.
#[sync_wrapper(flavor = "current_thread")]
async fn arm_timer() {
    let waker = Waker::from(Arc::new(Faulty));
    let mut timer = Box::pin(sleep(Duration::from_millis(30)));
    let poll = timer.as_mut().poll(&mut Context::from_waker(&waker));
    assert!(poll.is_pending());
    std::mem::forget(timer);
}

/// The same with a socket that has nothing to read yet.
#[sync_wrapper(flavor = "current_thread")]
async fn arm_socket(address: std::net::SocketAddr) {
    let waker = Waker::from(Arc::new(Faulty));
    let socket = Box::leak(Box::new(TcpStream::connect(address).await.unwrap()));
    let mut byte = [0];
    let read = pin!(socket.read(&mut byte));
    // Dropped, it leaves its waker with the socket.
    let poll = read.poll(&mut Context::from_waker(&waker));
    assert!(poll.is_pending());
}

type Started = Sender<()>;

async fn wait(started: Started) {
    // A batch has two of these, and the first one is enough.
    let _ = started.send(());
    sleep(AN_HOUR).await;
}

#[sync_wrapper]
async fn wait_for_timer(started: Started) {
    wait(started).await;
}

#[sync_wrapper]
async fn wait_for_socket(socket: &mut TcpStream, started: Started) {
    started.send(()).unwrap();
    // The server says nothing until it is asked.
    socket.read_u8().await.unwrap();
}

#[sync_wrapper(isolation = "always")]
async fn wait_isolated(started: Started) {
    wait(started).await;
}

#[sync_wrapper(flavor = "current_thread")]
async fn wait_at_home(started: Started) {
    wait(started).await;
}

/// Waits for nothing of the driver's, but is in flight in its runtime.
#[sync_wrapper]
async fn wait_for_event(event: oneshot::Receiver<()>, started: Started) {
    started.send(()).unwrap();
    event.await.ok();
}

#[sync_wrapper]
async fn wait_for_task_of_home(started: Started) {
    // Its runtime may cancel the task, which is not what is to end the call.
    let _ = tokio::spawn(wait(started)).await;
    pending().await
}

#[sync_wrapper]
async fn wait_nested(started: Started) {
    sleep(Duration::from_millis(1)).await;
    wait_for_timer_sync(started);
}

/// A call, by name, that says when it has started.
type Wait = (&'static str, fn(Started));

/// Calls that live at home and do not end by themselves.
const WAITS: &[Wait] = &[
    ("timer", wait_for_timer_sync),
    ("socket", |started| {
        let mut socket = connect_sync();
        wait_for_socket_sync(&mut socket, started);
    }),
    ("isolated", wait_isolated_sync),
    ("from a driver", |started| {
        Place::Driver.run(|| wait_for_timer_sync(started));
    }),
    ("from a root", |started| {
        Place::Root.run(|| wait_at_home_sync(started));
    }),
    ("from a worker", |started| {
        Place::OneWorker.run(|| wait_at_home_sync(started));
    }),
    ("event", |started| {
        let (_sender, event) = oneshot::channel();
        wait_for_event_sync(event, started);
    }),
    ("task of home", wait_for_task_of_home_sync),
    ("nested", wait_nested_sync),
    ("block_on", |started| block_on(wait(started))),
    ("batch", |started| {
        batch([wait(started.clone()), wait(started)]).run();
    }),
];

/// How a call has ended, by name.
type Outcome = (&'static str, Result<(), Box<dyn Any + Send>>);

/// Begins `waits`, each on a thread of its own, and comes back when all are in flight.
fn begin(waits: &[Wait]) -> Receiver<Outcome> {
    let (outcome, outcomes) = channel();
    for &(name, wait) in waits {
        let (started, is_started) = channel();
        let outcome = outcome.clone();
        thread::spawn(move || {
            let result = catch_unwind(move || wait(started));
            // Nobody listens after a failure.
            let _ = outcome.send((name, result));
        });
        let started = is_started.recv_timeout(DEADLINE);
        assert_eq!(started, Ok(()), "{name} does not start");
    }
    // Until they have come to rest.
    thread::sleep(Duration::from_millis(20));
    outcomes
}

fn message(panic: &(dyn Any + Send)) -> &str {
    let owned = panic.downcast_ref::<String>().map(String::as_str);
    let borrowed = panic.downcast_ref::<&str>().copied();
    owned.or(borrowed).unwrap_or("no message")
}

/// Every call ends with a panic about the driver. The one that was driving may have the waker's own, once.
fn end_with_a_panic(outcomes: Receiver<Outcome>, n: usize) {
    let mut faults = 0;
    let end = Instant::now() + DEADLINE;
    for ended in 0..n {
        let (name, result) = outcomes
            .recv_timeout(end.saturating_duration_since(Instant::now()))
            .unwrap_or_else(|error| match error {
                RecvTimeoutError::Timeout => panic!("HANG: {} of {n} calls", n - ended),
                RecvTimeoutError::Disconnected => unreachable!("each sends before it ends"),
            });
        let panic = result.expect_err(name);
        let message = message(&*panic);
        if message == FAULT {
            faults += 1;
        } else {
            assert!(message.contains("driver"), "{name}: {message}");
        }
    }
    assert!(
        faults <= 1,
        "the waker has panicked once, not {faults} times"
    );
}

/// A thread that makes a call, or a failure: what it calls may hang.
fn calls_work() {
    let (sender, done) = channel();
    thread::spawn(move || {
        for (way, call) in WAYS {
            assert_eq!(call(21), 42, "{way}");
        }
        assert_eq!(batch([1, 2].map(double)).run(), [2, 4]);
        assert_eq!(spawn(double(21)).join(), 42);
        sender.send(()).unwrap();
    });
    let done = done.recv_timeout(DEADLINE);
    assert_eq!(done, Ok(()), "HANG: the calls after the panic");
}

/// Calls of all kinds wait at home when its driver panics.
#[test]
fn calls_in_flight_when_homes_driver_panics() {
    alone("wakers::calls_in_flight_when_homes_driver_panics", || {
        for source in SOURCES {
            let outcomes = begin(WAITS);
            source.arm();
            end_with_a_panic(outcomes, WAITS.len());
            calls_work();
        }
    });
}

/// The only call is the one that drives.
#[test]
fn a_lone_caller_whose_driver_panics() {
    alone("wakers::a_lone_caller_whose_driver_panics", || {
        for source in SOURCES {
            for wait in WAITS {
                let outcomes = begin(&[*wait]);
                source.arm();
                end_with_a_panic(outcomes, 1);
                calls_work();
            }
        }
    });
}

/// Nobody is in a call: the thread that keeps home drives.
#[test]
fn homes_driver_panics_while_nobody_calls() {
    alone("wakers::homes_driver_panics_while_nobody_calls", || {
        for source in SOURCES {
            source.arm();
            // Until it has fired.
            thread::sleep(Duration::from_millis(300));
            calls_work();
        }
    });
}

/// Calls in the crew are not concerned.
#[test]
fn calls_in_the_crew_when_homes_driver_panics() {
    alone("wakers::calls_in_the_crew_when_homes_driver_panics", || {
        let (events, calls): (Vec<_>, Vec<_>) = [Place::Root, Place::OneWorker, Place::Guard]
            .map(|place| {
                let (sender, event) = oneshot::channel();
                let (started, is_started) = channel();
                let call = thread::spawn(move || {
                    place.run(|| {
                        wait_for_event_sync(event, started);
                        double_sync(21)
                    })
                });
                is_started.recv_timeout(DEADLINE).unwrap();
                (sender, call)
            })
            .into_iter()
            .unzip();
        let outcomes = begin(&WAITS[..1]);
        Source::Timer.arm();
        end_with_a_panic(outcomes, 1);
        for event in events {
            event.send(()).unwrap();
        }
        for call in calls {
            assert_eq!(call.join().unwrap(), 42);
        }
    });
}

/// A program with a faulty library: fifty times in a row, and neither a thread nor a call is left behind.
#[test]
fn fifty_panics_in_a_row() {
    alone("wakers::fifty_panics_in_a_row", || {
        let mut most = None;
        for n in 0..50 {
            let waits = &WAITS[..4];
            let outcomes = begin(waits);
            SOURCES[n % 2].arm();
            end_with_a_panic(outcomes, waits.len());
            calls_work();
            if n == 9 {
                // Everything has been used by then.
                most = Some(threads::count() + 20);
            }
        }
        // Those that are just ending.
        thread::sleep(Duration::from_millis(500));
        let (count, most) = (threads::count(), most.unwrap());
        assert!(count <= most, "{count} threads, at most {most} expected");
        let homes = threads::named("sync-twin-home");
        assert!(homes <= 2, "{homes} threads keep a home");
    });
}

/// Calls that begin at the very moment: each completes, or ends with a panic that says why.
#[test]
fn calls_that_begin_while_the_driver_panics() {
    alone("wakers::calls_that_begin_while_the_driver_panics", || {
        let end = Instant::now() + Duration::from_secs(3);
        let (sender, outcomes) = channel();
        let callers = &PLACES[..6];
        for (n, &place) in callers.iter().enumerate() {
            let outcome = sender.clone();
            thread::spawn(move || {
                while Instant::now() < end {
                    let result = catch_unwind(|| place.run(move || nap_sync(n)));
                    let result = result.map_err(|panic| message(&*panic).to_owned());
                    outcome.send(Some((n, result))).unwrap();
                }
                outcome.send(None).unwrap();
            });
        }
        while Instant::now() < end {
            // Its own call may be hit by the one before.
            let _ = catch_unwind(arm_timer_sync);
            thread::sleep(Duration::from_millis(100));
        }
        let mut running = callers.len();
        while running > 0 {
            match outcomes.recv_timeout(DEADLINE).expect("HANG: a caller") {
                None => running -= 1,
                Some((n, Ok(result))) => assert_eq!(result, n),
                Some((n, Err(message))) => assert!(
                    message.contains("driver") || message == FAULT,
                    "{:?}: {message}",
                    callers[n]
                ),
            }
        }
        // Those that have been armed last.
        thread::sleep(Duration::from_millis(300));
        calls_work();
    });
}

#[sync_wrapper]
async fn nap(n: usize) -> usize {
    sleep(Duration::from_millis(2)).await;
    n
}
