//! # SW305: there is no isolation of this name
//! Why: isolation is `"auto"`, `"always"` or `"never"`.
//! Fix: write one of the three; see `../fixed/sw305_unknown_isolation.rs`.

use sync_twin::sync_wrapper;

#[sync_wrapper(isolation = "allways")]
async fn load(id: u64) -> String {
    format!("user {id}")
}

fn main() {}
