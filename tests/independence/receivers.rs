//! A call spawns a task and returns a std channel's receiver; its caller reads that, and blocks its thread without a
//! call.

use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;
use sync_twin::sync_wrapper;
use sync_twin_tests::harness::deadline::within_deadline;
use sync_twin_tests::harness::places::PLACES;
use tokio::task::yield_now;
use tokio::time::sleep;

type Count = fn() -> Receiver<u32>;

/// Ready at its first poll. On a worker of the caller's runtime the task would sit in the slot that nobody steals from.
#[sync_wrapper]
async fn count() -> Receiver<u32> {
    let (sender, receiver) = channel();
    tokio::spawn(async move {
        for n in 0..3 {
            // The reader may be satisfied.
            let _ = sender.send(n);
            sleep(Duration::from_millis(1)).await;
        }
    });
    receiver
}

#[sync_wrapper(isolation = "never")]
async fn count_in_place() -> Receiver<u32> {
    count().await
}

#[sync_wrapper(isolation = "always")]
async fn count_isolated() -> Receiver<u32> {
    count().await
}

#[sync_wrapper]
async fn count_after_a_wait() -> Receiver<u32> {
    yield_now().await;
    count().await
}

/// The recipe and `futures::executor::block_on` hang on the only worker.
#[test]
fn the_receiver_is_read_everywhere() {
    let ways: [(&str, Count); 4] = [
        ("auto", count_sync),
        ("in place", count_in_place_sync),
        ("isolated", count_isolated_sync),
        ("after a wait", count_after_a_wait_sync),
    ];
    for place in PLACES {
        for (way, call) in ways {
            within_deadline(&format!("{place:?}, {way}"), move || {
                let numbers: Vec<u32> = place.run(move || call().iter().collect());
                assert_eq!(numbers, [0, 1, 2]);
            });
        }
    }
}
