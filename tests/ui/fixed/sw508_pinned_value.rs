//! # SW508, fixed: both methods take it pinned
//! Before: `../rustc/sw508_pinned_value.rs`.

use std::marker::PhantomPinned;
use std::pin::Pin;
use sync_twin::sync_wrapper;

struct Writer(PhantomPinned);

#[sync_wrapper(type = BlockingWriter)]
impl Writer {
    pub fn new() -> Self {
        Writer(PhantomPinned)
    }

    pub async fn write(self: Pin<&mut Self>, row: u64) -> u64 {
        row
    }

    pub async fn flush(self: Pin<&mut Self>) {}
}

fn main() {
    let mut writer = BlockingWriter::new();
    assert_eq!(writer.write(1), 1);
    writer.flush();
}
