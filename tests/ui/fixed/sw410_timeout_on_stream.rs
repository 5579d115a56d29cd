//! # SW410, fixed: each item has its limit, inside the stream
//! Before: `../fail/sw410_timeout_on_stream.rs`.

use futures_util::stream::{self, Stream, StreamExt as _};
use std::time::Duration;
use sync_twin::sync_wrapper;
use tokio::time::{error::Elapsed, timeout};

#[sync_wrapper]
fn users(count: u64) -> impl Stream<Item = Result<u64, Elapsed>> {
    stream::iter(1..=count).then(|id| timeout(Duration::from_secs(5), async move { id }))
}

fn main() {
    assert_eq!(users_sync(3).flatten().sum::<u64>(), 6);
}
