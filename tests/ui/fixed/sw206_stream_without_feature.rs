//! # SW206, fixed: the feature is on, which is not visible in the code
//! Before: `../no_features/sw206_stream_without_feature.rs`.

use futures_util::stream::{self, Stream};
use sync_twin::sync_wrapper;

#[sync_wrapper]
fn users(count: u64) -> impl Stream<Item = u64> {
    stream::iter(1..=count)
}

fn main() {
    assert_eq!(users_sync(3).sum::<u64>(), 6);
}
