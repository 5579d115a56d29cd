//! # SW302, fixed: the option is given once
//! Before: `../fail/sw302_repeated_option.rs`.

use sync_twin::sync_wrapper;

#[sync_wrapper(name = load_blocking)]
async fn load(id: u64) -> String {
    format!("user {id}")
}

fn main() {
    assert_eq!(load_blocking(7), "user 7");
}
