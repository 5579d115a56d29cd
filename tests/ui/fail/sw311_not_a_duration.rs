//! # SW311: the timeout is not a duration
//! Why: a number alone does not say whether it counts seconds or milliseconds.
//! Fix: write a `Duration`; see `../fixed/sw311_not_a_duration.rs`.

use sync_twin::sync_wrapper;

#[sync_wrapper(timeout = 5)]
async fn load(id: u64) -> String {
    format!("user {id}")
}

fn main() {}
