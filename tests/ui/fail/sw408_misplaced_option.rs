//! # SW408: an option on an item of which it says nothing
//! Why: a block may have many twins, and one `name` cannot be that of them all.
//! Fix: write `name` on the fn, or give the block a `suffix`; see
//! `../fixed/sw408_misplaced_option.rs`.

use sync_twin::sync_wrapper;

struct Client;

#[sync_wrapper(name = load_blocking)]
impl Client {
    async fn load(&self, id: u64) -> String {
        format!("user {id}")
    }
}

fn main() {}
