//! # SW104: nothing in the block can have a twin
//! Why: only fns that return a future or a stream have twins, and this block has no such fn.
//! Fix: remove the attribute, or put it on the block that you meant; see
//! `../fixed/sw104_empty_block.rs`.

use sync_twin::sync_wrapper;

struct Client;

#[sync_wrapper]
impl Client {
    fn region(&self) -> &str {
        "eu"
    }
}

fn main() {}
