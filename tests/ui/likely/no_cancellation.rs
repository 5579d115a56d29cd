//! # Likely: `cancel` names something that cancels nothing
//! A call waits until it is woken, and no flag wakes it.
//! Fix: use a `sync_twin::Cancel` in its place, or implement `sync_twin::Cancellation`.

use std::sync::atomic::AtomicBool;
use sync_twin::sync_wrapper;

static STOP: AtomicBool = AtomicBool::new(false);

#[sync_wrapper(cancel = &STOP)]
async fn load() -> u8 {
    1
}

fn main() {}
