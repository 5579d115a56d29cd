//! # SW508: a method takes `&mut self`, but the async value is pinned and not `Unpin` (E0277)
//! Why: another method takes it as `Pin<&mut Self>`, or it is a stream or a sink. From then on it must not move, and whoever has a
//! `&mut` to it could move it.
//! Fix: take `self: Pin<&mut Self>` in all of them, or make the type `Unpin`; see `../fixed/sw508_pinned_value.rs`.

use std::marker::PhantomPinned;
use std::pin::Pin;
use sync_twin::sync_wrapper;

struct Writer(PhantomPinned);

#[sync_wrapper(type = BlockingWriter)]
impl Writer {
    pub async fn write(self: Pin<&mut Self>, _row: u64) {}

    pub async fn flush(&mut self) {}
}

fn main() {}
