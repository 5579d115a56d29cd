//! # SW402, fixed: each fn has one attribute
//! Before: `../fail/sw402_already_blocking.rs`.

use sync_twin::sync_wrapper;

#[sync_wrapper]
async fn load(id: u64) -> String {
    format!("user {id}")
}

#[tokio::main]
async fn main() {
    assert_eq!(load_sync(7), load(7).await);
}
