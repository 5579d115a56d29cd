//! # SW101: the function is not `async`
//! Why: it already blocks, so there is no future for a twin to wait for.
//! Fix: add `async`, or remove the attribute; see `../fixed/sw101_not_async.rs`.

use sync_twin::sync_wrapper;

#[sync_wrapper]
fn load(id: u64) -> String {
    format!("user {id}")
}

fn main() {}
