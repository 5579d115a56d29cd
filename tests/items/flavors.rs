//! `flavor = "multi_thread"`: tasks that a call spawns run in parallel.

use crate::places::in_every_place;
use std::sync::{Arc, Barrier};
use sync_twin::sync_wrapper;
use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::task::spawn;

/// Completes only if two tasks run at once, for each blocks its thread until the other comes.
#[sync_wrapper(flavor = "multi_thread")]
pub async fn meet() -> usize {
    let barrier = Arc::new(Barrier::new(2));
    let other = barrier.clone();
    let first = spawn(async move { barrier.wait().is_leader() });
    let second = spawn(async move { other.wait().is_leader() });
    usize::from(first.await.unwrap()) + usize::from(second.await.unwrap())
}

pub struct Pool;

#[sync_wrapper(flavor = "multi_thread")]
impl Pool {
    pub async fn flavor(&self) -> RuntimeFlavor {
        Handle::current().runtime_flavor()
    }

    #[sync_wrapper(flavor = "current_thread")]
    pub async fn other(&self) -> RuntimeFlavor {
        Handle::current().runtime_flavor()
    }
}

#[test]
fn tasks_run_in_parallel() {
    // Two workers at least, whatever the machine has: where there is one, this cannot be shown.
    if std::thread::available_parallelism().is_ok_and(|n| n.get() > 1) {
        in_every_place(|| assert_eq!(meet_sync(), 1));
    }
}

#[test]
fn for_a_block_and_for_one_method() {
    assert_eq!(Pool.flavor_sync(), RuntimeFlavor::MultiThread);
    assert_eq!(Pool.other_sync(), RuntimeFlavor::CurrentThread);
}
