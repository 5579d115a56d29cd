//! # SW302: an option is given twice
//! Why: the twin has one name, and it is unclear which of the two is right.
//! Fix: keep one of them; see `../fixed/sw302_repeated_option.rs`.

use sync_twin::sync_wrapper;

#[sync_wrapper(name = load_blocking, name = load_now)]
async fn load(id: u64) -> String {
    format!("user {id}")
}

fn main() {}
