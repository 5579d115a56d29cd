//! # SW406, fixed: the call runs in the given runtime
//! Before: `../fail/sw406_flavor_with_runtime.rs`.

use sync_twin::sync_wrapper;
use tokio::runtime::{Handle, Runtime};

#[sync_wrapper(runtime = runtime)]
async fn threads(runtime: &Handle) -> usize {
    runtime.metrics().num_workers()
}

fn main() {
    let runtime = Runtime::new().expect("a runtime can be built");
    assert!(threads_sync(runtime.handle()) > 0);
}
