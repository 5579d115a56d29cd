//! # SW406: `flavor` beside a `runtime`
//! Why: a call runs in one runtime, either one of yours or one of sync-twin's.
//! Fix: keep one of the two; see `../fixed/sw406_flavor_with_runtime.rs`.

use sync_twin::sync_wrapper;
use tokio::runtime::Handle;

#[sync_wrapper(runtime = runtime, flavor = "multi_thread")]
async fn threads(runtime: &Handle) -> usize {
    runtime.metrics().num_workers()
}

fn main() {}
