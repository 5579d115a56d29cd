//! # SW413, fixed: the fn with the twin has no other attribute
//! Before: `../fail/sw413_changed_fn.rs`.

use sync_twin::sync_wrapper;

/// `#[bon::builder]` goes here.
async fn load(id: u64) -> String {
    find(id).await
}

#[sync_wrapper]
async fn find(id: u64) -> String {
    format!("user {id}")
}

fn main() {
    assert_eq!(find_sync(1), sync_twin::block_on(load(1)));
}
