//! # SW401, fixed: the twin has a name of its own
//! Before: `../fail/sw401_same_name.rs`.

use sync_twin::sync_wrapper;

#[sync_wrapper(name = load_blocking)]
async fn load(id: u64) -> String {
    format!("user {id}")
}

fn main() {
    assert_eq!(load_blocking(7), "user 7");
}
