//! # SW503, fixed: an `Arc` can come back from another thread
//! Before: `../rustc/sw503_always_output.rs`.

use std::sync::Arc;
use sync_twin::sync_wrapper;

#[sync_wrapper(isolation = "always")]
async fn name(id: u64) -> Arc<str> {
    format!("user {id}").into()
}

fn main() {
    assert_eq!(&*name_sync(7), "user 7");
}
