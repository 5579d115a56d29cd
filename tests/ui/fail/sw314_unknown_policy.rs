//! # SW314: there is no policy of this name
//! Why: a call that async code makes is allowed, reported or refused: `"allow"`, `"warn"` or `"deny"`.
//! Fix: write one of the three; see `../fixed/sw314_unknown_policy.rs`.

use sync_twin::sync_wrapper;

#[sync_wrapper(on_driver = "forbid")]
async fn load(id: u64) -> String {
    format!("user {id}")
}

fn main() {}
