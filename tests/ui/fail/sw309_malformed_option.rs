//! # SW309: this is not an option
//! Why: every option starts with its name.
//! Fix: write the option's name and `=` before the value; see `../fixed/sw309_malformed_option.rs`.

use sync_twin::sync_wrapper;

#[sync_wrapper("load_blocking")]
async fn load(id: u64) -> String {
    format!("user {id}")
}

fn main() {}
