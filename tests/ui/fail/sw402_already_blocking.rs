//! # SW402: another attribute makes the function block
//! Why: `#[tokio::main]` makes the async fn block, so there is no future for a twin to wait for.
//! Fix: keep one of the two attributes; see `../fixed/sw402_already_blocking.rs`.

use sync_twin::sync_wrapper;

#[sync_wrapper]
#[tokio::main]
async fn load(id: u64) -> String {
    format!("user {id}")
}

fn main() {}
