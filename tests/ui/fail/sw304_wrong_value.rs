//! # SW304: the value of an option is of the wrong kind
//! Why: a name is an identifier in the code, not a string.
//! Fix: write the name without quotes; see `../fixed/sw304_wrong_value.rs`.

use sync_twin::sync_wrapper;

#[sync_wrapper(name = "load_blocking")]
async fn load(id: u64) -> String {
    format!("user {id}")
}

fn main() {}
