//! # Several at once: the signature and the options
//! What is wrong with the fn does not hide what is wrong with the attribute.

use sync_twin::sync_wrapper;

#[sync_wrapper(name = load, isolation = "sometimes")]
fn load(id: u64) -> String {
    format!("user {id}")
}

fn main() {}
