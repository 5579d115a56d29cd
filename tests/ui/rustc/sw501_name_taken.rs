//! # SW501: the name of the twin is taken (E0428)
//! Why: the twin of `load` is named `load_sync`, and there already is a `load_sync` beside it.
//! Fix: give the twin another name with `name = …`; see `../fixed/sw501_name_taken.rs`.

use sync_twin::sync_wrapper;

fn load_sync(id: u64) -> String {
    format!("cached user {id}")
}

#[sync_wrapper]
async fn load(id: u64) -> String {
    format!("user {id}")
}

fn main() {}
