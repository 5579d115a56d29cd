//! # SW312: a new runtime for every call
//! Why: every call would make a runtime and drop it, and dropping a runtime inside another one
//! panics.
//! Fix: keep it in a `static`, or in a field; see `../fixed/sw312_temporary_runtime.rs`.

use sync_twin::sync_wrapper;

#[sync_wrapper(runtime = tokio::runtime::Runtime::new().unwrap())]
async fn load(id: u64) -> String {
    format!("user {id}")
}

fn main() {}
