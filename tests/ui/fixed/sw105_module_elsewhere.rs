//! # SW105, fixed: the attribute is on the item in its own file
//! Before: `../rustc/sw105_module_elsewhere.rs`.

use sync_twin::sync_wrapper;

#[sync_wrapper]
pub async fn load(id: u64) -> String {
    format!("user {id}")
}

fn main() {
    assert_eq!(load_sync(7), "user 7");
}
