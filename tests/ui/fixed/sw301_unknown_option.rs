//! # SW301, fixed: the option is spelled `name`
//! Before: `../fail/sw301_unknown_option.rs`.

use sync_twin::sync_wrapper;

#[sync_wrapper(name = load_blocking)]
async fn load(id: u64) -> String {
    format!("user {id}")
}

fn main() {
    assert_eq!(load_blocking(7), "user 7");
}
