//! # SW310, fixed: the flavor has the name that tokio gives it
//! Before: `../fail/sw310_unknown_flavor.rs`.

use sync_twin::sync_wrapper;

#[sync_wrapper(flavor = "multi_thread")]
async fn load(id: u64) -> String {
    format!("user {id}")
}

fn main() {
    assert_eq!(load_sync(7), "user 7");
}
