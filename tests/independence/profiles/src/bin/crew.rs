//! A waker panics in a worker of the crew, where tokio does not abort the process for that: the worker is lost.
//!
//! It may have been the one at the driver, with all others asleep: then nobody looks at sockets and timers any more, and
//! tokio goes on trying to wake the one that is gone.

use profiles::{DEADLINE, double_sync, end_at_deadline, wait_for_ever_sync, workers};
use std::fs;
use std::future::Future as _;
use std::panic::catch_unwind;
use std::sync::Arc;
use std::task::{Context, Wake, Waker};
use std::thread;
use std::time::{Duration, Instant};
use sync_twin::sync_wrapper;
use tokio::time::sleep;

struct Faulty;

impl Wake for Faulty {
    fn wake(self: Arc<Self>) {
        panic!("this waker is faulty");
    }
}

/// Leaves a timer behind, which is never dropped: that would take its waker back.
#[sync_wrapper(flavor = "multi_thread")]
async fn arm_timer() {
    let waker = Waker::from(Arc::new(Faulty));
    let mut timer = Box::pin(sleep(Duration::from_millis(30)));
    let poll = timer.as_mut().poll(&mut Context::from_waker(&waker));
    assert!(poll.is_pending());
    std::mem::forget(timer);
}

/// Beside a runtime, so in the crew; true unless it panics and says why.
fn ends_well<T>(call: fn() -> T) -> bool {
    let outcome = catch_unwind(|| drop(workers(1).block_on(async { call() })));
    let Err(panic) = outcome else {
        return true;
    };
    let said = panic.downcast_ref::<&str>().copied().map(str::to_owned);
    let said = said.or_else(|| panic.downcast_ref::<String>().cloned());
    let is_told = said.is_some_and(|said| said.contains("a waker has panicked in a worker"));
    assert!(is_told, "it panics for another reason");
    false
}

/// Those of the crews.
fn threads() -> usize {
    let threads = fs::read_dir("/proc/self/task").expect("there is one for each");
    let names =
        threads.map(|thread| fs::read_to_string(thread.expect("it is there").path().join("comm")));
    names
        .filter(|name| {
            name.as_ref()
                .is_ok_and(|name| name.starts_with("sync-twin-crew"))
        })
        .count()
}

fn crashes() {
    let call = || assert_eq!(double_sync(21), 42);
    let waiting = thread::spawn(|| ends_well(wait_for_ever_sync));
    assert!(ends_well(call));
    thread::sleep(Duration::from_millis(100));
    arm_timer_sync();
    // It may be woken by nobody any more, but has an end.
    assert!(!waiting.join().expect("it says so"), "it goes on");
    let end = Instant::now() + DEADLINE;
    while !ends_well(call) {
        assert!(Instant::now() < end, "no call works any more");
    }
    for _ in 0..20 {
        assert!(ends_well(call), "it has not been replaced");
    }
}

/// All workers are in code that blocks: they are slow, not lost.
fn is_busy() {
    assert!(ends_well(|| assert_eq!(double_sync(21), 42)));
    // One that has just been started has no name yet.
    let workers_of_crew = count_workers_sync();
    let end = Instant::now() + DEADLINE;
    while threads() < workers_of_crew {
        assert!(Instant::now() < end, "{} threads", threads());
    }
    let before = threads();
    workers(1).block_on(async { hold_all_sync() });
    let begin = Instant::now();
    assert!(
        ends_well(|| assert_eq!(double_sync(21), 42)),
        "it was taken for dead"
    );
    assert!(
        begin.elapsed() > Duration::from_secs(1),
        "they were not busy"
    );
    assert_eq!(threads(), before, "it was taken for dead");
}

#[sync_wrapper(flavor = "multi_thread")]
async fn count_workers() -> usize {
    tokio::runtime::Handle::current().metrics().num_workers()
}

#[sync_wrapper(flavor = "multi_thread")]
async fn hold_all() {
    let workers = tokio::runtime::Handle::current().metrics().num_workers();
    for _ in 0..2 * workers {
        tokio::spawn(async { thread::sleep(Duration::from_secs(2)) });
    }
}

fn main() {
    end_at_deadline();
    is_busy();
    println!("a busy crew is left alone");
    for _ in 0..3 {
        crashes();
    }
    println!("a crew that has lost a worker is replaced");
}
