//! # SW202, fixed: the ABI is on a fn that calls the twin
//! Before: `../fail/sw202_extern_fn.rs`.

use sync_twin::sync_wrapper;

#[sync_wrapper]
async fn load(id: u64) -> u64 {
    id * 2
}

extern "C" fn load_from_c(id: u64) -> u64 {
    load_sync(id)
}

fn main() {
    assert_eq!(load_from_c(7), 14);
}
