//! # SW410: `timeout` on a fn that returns its stream at once
//! Why: such a fn returns at once. What takes time is reading the items.
//! Fix: limit the items where the stream is made; see `../fixed/sw410_timeout_on_stream.rs`.

use futures_util::stream::{self, Stream};
use sync_twin::sync_wrapper;

#[sync_wrapper(timeout = std::time::Duration::from_secs(5))]
fn users(count: u64) -> impl Stream<Item = u64> {
    stream::iter(1..=count)
}

fn main() {}
