//! # SW301: there is no option of this name
//! Why: a misspelled option would otherwise be ignored silently.
//! Fix: write the option that the error suggests; see `../fixed/sw301_unknown_option.rs`.

use sync_twin::sync_wrapper;

#[sync_wrapper(nmae = load_blocking)]
async fn load(id: u64) -> String {
    format!("user {id}")
}

fn main() {}
