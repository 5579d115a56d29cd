//! # SW101, fixed: the function is `async`
//! Before: `../fail/sw101_not_async.rs`.

use sync_twin::sync_wrapper;

#[sync_wrapper]
async fn load(id: u64) -> String {
    format!("user {id}")
}

fn main() {
    assert_eq!(load_sync(7), "user 7");
}
