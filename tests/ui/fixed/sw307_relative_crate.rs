//! # SW307, fixed: the path starts at the crate
//! Before: `../fail/sw307_relative_crate.rs`.

use twins::sync_wrapper;

mod twins {
    pub use sync_twin::*;
}

#[sync_wrapper(crate = crate::twins)]
async fn load(id: u64) -> String {
    format!("user {id}")
}

fn main() {
    assert_eq!(load_sync(7), "user 7");
}
