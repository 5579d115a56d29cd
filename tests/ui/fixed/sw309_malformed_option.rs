//! # SW309, fixed: the value has the name of its option
//! Before: `../fail/sw309_malformed_option.rs`.

use sync_twin::sync_wrapper;

#[sync_wrapper(name = load_blocking)]
async fn load(id: u64) -> String {
    format!("user {id}")
}

fn main() {
    assert_eq!(load_blocking(7), "user 7");
}
