//! # SW305, fixed: the isolation is spelled `"always"`
//! Before: `../fail/sw305_unknown_isolation.rs`.

use sync_twin::sync_wrapper;

#[sync_wrapper(isolation = "always")]
async fn load(id: u64) -> String {
    format!("user {id}")
}

fn main() {
    assert_eq!(load_sync(7), "user 7");
}
