//! # SW104: nothing in the block can have a twin
//! Why: only what returns a future or a stream has a twin, and here are no such fns.
//! Fix: remove the attribute, or put it on the block that was meant; see
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
