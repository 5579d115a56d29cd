//! # SW408: an option on the wrong kind of item
//! Why: a block may have many twins, and they cannot all have the same name.
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
