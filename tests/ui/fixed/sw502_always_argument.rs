//! # SW502, fixed: an `Arc` can cross to another thread
//! Before: `../rustc/sw502_always_argument.rs`.

use std::sync::Arc;
use sync_twin::sync_wrapper;

#[sync_wrapper(isolation = "always")]
async fn length(id: u64, name: Arc<str>) -> usize {
    name.len() + id as usize
}

fn main() {
    assert_eq!(length_sync(3, "ada".into()), 6);
}
