//! # SW404: `skip` outside a block
//! Why: `skip` leaves an item out of a block. A fn without the attribute has no twin anyway.
//! Fix: remove the attribute, or put one on the block, too; see `../fixed/sw404_skip_alone.rs`.

use sync_twin::sync_wrapper;

struct Client;

impl Client {
    #[sync_wrapper(skip)]
    async fn load(&self, id: u64) -> String {
        format!("user {id}")
    }
}

fn main() {}
