//! # SW201, fixed: the function is `async`
//! Before: `../fail/sw201_const_fn.rs`.

use sync_twin::sync_wrapper;

#[sync_wrapper]
async fn limit(plan: u32) -> u32 {
    plan * 100
}

fn main() {
    assert_eq!(limit_sync(3), 300);
}
