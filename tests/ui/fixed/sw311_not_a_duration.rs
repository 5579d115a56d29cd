//! # SW311, fixed: the timeout is a `Duration`
//! Before: `../fail/sw311_not_a_duration.rs`.

use std::time::Duration;
use sync_twin::sync_wrapper;

#[sync_wrapper(timeout = Duration::from_secs(5))]
async fn load(id: u64) -> String {
    format!("user {id}")
}

fn main() {
    assert_eq!(load_sync(7).as_deref(), Ok("user 7"));
}
