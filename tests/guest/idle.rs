//! Whoever waits does not wake up, and between calls nobody does.

use crate::acts::all_kinds;
use crate::child::alone;
use crate::tasks;
use std::collections::BTreeMap;
use std::thread;
use std::time::Duration;
use sync_twin::sync_wrapper;
use sync_twin_tests::harness::places::PLACES;
use tokio::sync::watch;

#[sync_wrapper]
async fn wait_for(mut end: watch::Receiver<bool>) {
    end.wait_for(|&is_over| is_over).await.unwrap();
}

#[sync_wrapper(isolation = "never")]
async fn wait_in_place_for(mut end: watch::Receiver<bool>) {
    end.wait_for(|&is_over| is_over).await.unwrap();
}

#[sync_wrapper(isolation = "always")]
async fn wait_isolated_for(mut end: watch::Receiver<bool>) {
    end.wait_for(|&is_over| is_over).await.unwrap();
}

/// Until calls have got to their long pauses, and workers to sleep.
const SETTLE: Duration = Duration::from_secs(3);

const WINDOW: Duration = Duration::from_secs(3);

/// How many times the threads of this process, but for the calling one, go to sleep while we look; and how many there are.
fn sleeps() -> (u64, usize) {
    let sleeps = || -> BTreeMap<u32, u64> {
        let tasks = tasks::all().into_iter();
        tasks.map(|task| (task.id, task.sleeps)).collect()
    };
    let before = sleeps();
    thread::sleep(WINDOW);
    let after = sleeps();
    let woken = after
        .iter()
        .filter_map(|(id, count)| Some(count - before.get(id)?));
    // This thread has slept once.
    (woken.sum::<u64>() - 1, after.len())
}

#[test]
fn between_calls_nobody_wakes() {
    alone("idle::between_calls_nobody_wakes", || {
        all_kinds();
        thread::sleep(SETTLE);
        let (sleeps, threads) = sleeps();
        // One that ends because it has been idle for long, and whoever it wakes. A look every 1.5 ms would be 2,000.
        assert!(sleeps < 2 * threads as u64, "{sleeps} by {threads} threads");
    });
}

/// In every place and in every way, several at once. A call that waits for the crew wakes a worker of it now and then, after
/// pauses that double.
#[test]
fn a_blocked_crowd_sleeps() {
    alone("idle::a_blocked_crowd_sleeps", || {
        let (end, is_over) = watch::channel(false);
        let mut callers = Vec::new();
        for place in PLACES {
            for call in [
                wait_for_sync,
                wait_in_place_for_sync,
                wait_isolated_for_sync,
            ] {
                for _ in 0..2 {
                    let is_over = is_over.clone();
                    callers.push(thread::spawn(move || place.run(move || call(is_over))));
                }
            }
        }
        thread::sleep(SETTLE);
        let (sleeps, threads) = sleeps();
        // Ten times as many as there are: the machine may have been busy. Pauses of a millisecond would be 3,000 for one.
        assert!(
            sleeps < 10 * threads as u64,
            "{sleeps} by {threads} threads"
        );
        println!("{sleeps} by {threads} threads in {WINDOW:?}");
        end.send(true).unwrap();
        for caller in callers {
            caller.join().unwrap();
        }
    });
}
