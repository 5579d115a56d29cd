//! # SW416: `flatten` on a fn that returns no `Result`
//! Why: there is no error that could say that the time is up.
//! Fix: return a `Result`, or remove `flatten`; see `../fixed/sw416_flatten_without_result.rs`.

use std::time::Duration;
use sync_twin::sync_wrapper;

#[sync_wrapper(timeout = Duration::from_secs(5), flatten)]
async fn load(id: u64) -> String {
    format!("user {id}")
}

fn main() {}
