//! # SW202: the function has a foreign ABI
//! Why: an async fn returns a future, which no other language understands.
//! Fix: remove `extern "C"`, and export a fn that calls the twin; see
//! `../fixed/sw202_extern_fn.rs`.

use sync_twin::sync_wrapper;

#[sync_wrapper]
async extern "C" fn load(id: u64) -> u64 {
    id * 2
}

fn main() {}
