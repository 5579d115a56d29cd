//! # SW312: the runtime is made for one call
//! Why: it would be made again for every call and dropped after it, and dropping a runtime inside
//! another one panics.
//! Fix: keep it in a `static`, or in a field; see `../fixed/sw312_temporary_runtime.rs`.

use sync_twin::sync_wrapper;

#[sync_wrapper(runtime = tokio::runtime::Runtime::new().unwrap())]
async fn load(id: u64) -> String {
    format!("user {id}")
}

fn main() {}
