//! # SW314, fixed: the policy has the name that rustc gives to its lints' levels
//! Before: `../fail/sw314_unknown_policy.rs`.

use sync_twin::sync_wrapper;

#[sync_wrapper(on_driver = "deny")]
async fn load(id: u64) -> String {
    format!("user {id}")
}

fn main() {
    assert_eq!(load_sync(7), "user 7");
}
