//! # SW501: the name of the twin is taken (E0428)
//! Why: the twins of `load` and of `load_async` are both named `load_sync`. The attribute on a fn cannot see the other fn.
//! Fix: give one of them another name with `name = …`, or put the attribute on their `impl`; see
//! `../fixed/sw501_name_taken.rs`.

use sync_twin::sync_wrapper;

#[sync_wrapper]
async fn load(id: u64) -> String {
    format!("user {id}")
}

#[sync_wrapper]
async fn load_async(id: u64) -> String {
    format!("cached user {id}")
}

fn main() {}
