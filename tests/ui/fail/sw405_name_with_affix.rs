//! # SW405: `suffix` or `prefix` beside a `name`
//! Why: `name` is the whole name of the twin, and nothing is added to it.
//! Fix: keep one of the two; see `../fixed/sw405_name_with_affix.rs`.

use sync_twin::sync_wrapper;

#[sync_wrapper(name = load_now, suffix = "_blocking")]
async fn load(id: u64) -> String {
    format!("user {id}")
}

fn main() {}
