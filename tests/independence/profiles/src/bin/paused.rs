//! A call that pauses the clock of the runtime that it lives on, as a test does with `#[tokio::test(start_paused)]`.

use profiles::{double_sync, end_at_deadline};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;
use std::time::{Duration, Instant};
use sync_twin::{batch, block_on, sync_wrapper};
use tokio::sync::oneshot;
use tokio::time::{self, sleep};

/// Real time that is short, and longer than anything takes whose clock is paused.
const NAP: Duration = Duration::from_millis(200);

#[sync_wrapper]
async fn nap() {
    sleep(NAP).await;
}

#[sync_wrapper]
async fn sleep_for_a_year_with_a_paused_clock() {
    time::pause();
    sleep(Duration::from_secs(365 * 24 * 3600)).await;
}

fn naps_for_real() {
    let start = Instant::now();
    nap_sync();
    assert!(start.elapsed() >= NAP, "{:?}", start.elapsed());
}

fn main() {
    end_at_deadline();
    double_sync(1);

    // Again and again, as several tests of one process do.
    for _ in 0..3 {
        sleep_for_a_year_with_a_paused_clock_sync();
        naps_for_real();
        thread::spawn(naps_for_real).join().unwrap();
    }
    println!("the next call has another clock");

    let (sender, answer) = oneshot::channel();
    let waiting = thread::spawn(move || block_on(answer).unwrap());
    naps_for_real();
    sleep_for_a_year_with_a_paused_clock_sync();
    naps_for_real();
    sender.send(42).unwrap();
    assert_eq!(waiting.join().unwrap(), 42);
    println!("a call beside it goes on");

    block_on(async {
        time::pause();
        tokio::spawn(async { assert_eq!(double_sync(21), 42) })
            .await
            .unwrap();
    });
    naps_for_real();
    let late = batch([nap()]).timeout(NAP / 10).run();
    assert!(late.is_err());
    println!("tasks of a home that is left make calls");

    let error = catch_unwind(AssertUnwindSafe(|| {
        block_on(async { time::advance(NAP).await })
    }));
    assert!(error.is_err(), "its clock is not paused");
    println!("the clock is not paused any more");
}
