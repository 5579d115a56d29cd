//! # SW401: the twin would have the name of the async fn
//! Why: the async fn stays beside its twin, and two fns side by side need two names.
//! Fix: write another name, or remove `name`; see `../fixed/sw401_same_name.rs`.

use sync_twin::sync_wrapper;

#[sync_wrapper(name = load)]
async fn load(id: u64) -> String {
    format!("user {id}")
}

fn main() {}
