//! # SW106: the block of a stream or a sink of another crate does not say what the items are
//! Why: the attribute sees this block only, and an iterator has to say what it returns.
//! Fix: write the type as that crate has it; see `../fixed/sw106_missing_type.rs`.

use sync_twin::sync_wrapper;

#[sync_wrapper(type = Numbers, foreign)]
impl futures_util::Stream for futures_util::stream::BoxStream<'static, u64> {}

fn main() {}
