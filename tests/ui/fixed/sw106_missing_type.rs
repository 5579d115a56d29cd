//! # SW106, fixed: the block says what the items are
//! Before: `../fail/sw106_missing_type.rs`.

use futures_util::stream::{self, BoxStream, Stream, StreamExt};
use sync_twin::sync_wrapper;

#[sync_wrapper(type = Numbers, foreign)]
impl Stream for BoxStream<'static, u64> {
    type Item = u64;
}

fn main() {
    let numbers = Numbers::from(stream::iter([1, 2]).boxed());
    assert_eq!(numbers.sum::<u64>(), 3);
}
