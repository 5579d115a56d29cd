//! # SW310: there is no flavor of this name
//! Why: the flavors are those of tokio, `"current_thread"` and `"multi_thread"`, and `"per_thread"` and `"auto"`.
//! Fix: write one of the four; see `../fixed/sw310_unknown_flavor.rs`.

use sync_twin::sync_wrapper;

#[sync_wrapper(flavor = "multi_threaded")]
async fn load(id: u64) -> String {
    format!("user {id}")
}

fn main() {}
