//! # SW303: an option has no value
//! Why: `isolation` alone does not say which isolation.
//! Fix: write `isolation = "…"`; see `../fixed/sw303_missing_value.rs`.

use sync_twin::sync_wrapper;

#[sync_wrapper(isolation)]
async fn load(id: u64) -> String {
    format!("user {id}")
}

fn main() {}
