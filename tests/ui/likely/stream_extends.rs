//! # Likely: the block of a stream extends a type that another block has declared
//! The type that is declared has to be made for an iterator, which remembers that its stream has ended.
//! Fix: write `type = BlockingRows` on the block of the stream, and `extend = BlockingRows` on the other.

use sync_twin::sync_wrapper;

pub struct Rows;

#[sync_wrapper(type = BlockingRows)]
impl Rows {
    pub async fn query() -> Self {
        Rows
    }
}

#[sync_wrapper(extend = BlockingRows, foreign)]
impl futures_util::Stream for Rows {
    type Item = u64;
}

fn main() {}
