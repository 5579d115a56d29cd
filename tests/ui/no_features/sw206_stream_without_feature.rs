//! # SW206: the fn returns a stream, but the feature `stream` is off
//! Why: the twin returns an iterator over the stream, which is behind that feature.
//! Fix: turn the feature on in Cargo.toml: `features = ["stream"]`; see
//! `../fixed/sw206_stream_without_feature.rs`.

use futures_util::stream::{self, Stream};
use sync_twin::sync_wrapper;

#[sync_wrapper]
fn users(count: u64) -> impl Stream<Item = u64> {
    stream::iter(1..=count)
}

fn main() {}
