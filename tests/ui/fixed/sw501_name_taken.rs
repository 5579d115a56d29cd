//! # SW501, fixed: the twin has a name of its own
//! Before: `../rustc/sw501_name_taken.rs`.

use sync_twin::sync_wrapper;

fn load_sync(id: u64) -> String {
    format!("cached user {id}")
}

#[sync_wrapper(name = load_blocking)]
async fn load(id: u64) -> String {
    format!("user {id}")
}

fn main() {
    assert_eq!(load_sync(7), "cached user 7");
    assert_eq!(load_blocking(7), "user 7");
}
