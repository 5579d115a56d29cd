//! # SW401: the twin would have the name of the async fn
//! Why: the async fn stays beside its twin, and two fns in one place need two names.
//! Fix: write another name, or leave it to the default; see `../fixed/sw401_same_name.rs`.

use sync_twin::sync_wrapper;

#[sync_wrapper(name = load)]
async fn load(id: u64) -> String {
    format!("user {id}")
}

fn main() {}
