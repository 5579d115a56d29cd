//! # SW303, fixed: the option has a value
//! Before: `../fail/sw303_missing_value.rs`.

use sync_twin::sync_wrapper;

#[sync_wrapper(isolation = "never")]
async fn load(id: u64) -> String {
    format!("user {id}")
}

fn main() {
    assert_eq!(load_sync(7), "user 7");
}
