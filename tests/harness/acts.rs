//! Calls of all kinds, so that all kinds of threads have been started.

use crate::harness::places::Place;
use std::sync::mpsc::channel;
use std::time::Duration;
use sync_twin::{spawn, sync_wrapper, to_thread};
use tokio::task::{spawn_blocking, yield_now};
use tokio::time::sleep;

/// Waits where it is called.
#[sync_wrapper]
pub async fn plain(n: u32) -> u32 {
    yield_now().await;
    n
}

/// Needs a blocking thread of home.
#[sync_wrapper(flavor = "current_thread")]
pub async fn blocking_closure_of_home(n: u32) -> u32 {
    spawn_blocking(move || n).await.unwrap()
}

/// Needs a worker and a blocking thread of the crew.
#[sync_wrapper(flavor = "multi_thread")]
pub async fn task_of_the_crew(n: u32) -> u32 {
    let doubled = tokio::spawn(async move { n }).await.unwrap();
    spawn_blocking(move || doubled).await.unwrap()
}

/// Needs an isolation thread.
#[sync_wrapper(isolation = "always")]
pub async fn isolated(n: u32) -> u32 {
    sleep(Duration::from_millis(1)).await;
    n
}

/// The names of the threads that there are after [`all_kinds`].
pub const KINDS: [&str; 6] = [
    "sync-twin-starter",
    "sync-twin-home",
    "sync-twin-blocking",
    "sync-twin-crew",
    "sync-twin-isolated",
    "sync-twin-background",
];

/// Makes calls of all kinds on the calling thread, which must be a plain one.
pub fn all_kinds() {
    assert_eq!(plain_sync(1), 1);
    assert_eq!(blocking_closure_of_home_sync(2), 2);
    assert_eq!(task_of_the_crew_sync(3), 3);
    assert_eq!(isolated_sync(4), 4);
    assert_eq!(Place::Driver.run(|| plain_sync(5)), 5);
    assert_eq!(Place::OneWorker.run(|| plain_sync(6)), 6);
    assert_eq!(spawn(async { 7 }).join(), 7);
    assert_eq!(sync_twin::block_on(to_thread(|| 8)), 8);
    // Home's own thread runs something, too.
    let (sender, sent) = channel();
    sync_twin::block_on(async move {
        tokio::spawn(async move {
            sleep(Duration::from_millis(20)).await;
            sender.send(()).unwrap();
        });
    });
    sent.recv().unwrap();
}
