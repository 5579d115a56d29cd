//! # SW404: `skip` where nothing would be wrapped
//! Why: `skip` leaves an item out of a block, and a fn without the attribute has no twin anyway.
//! Fix: remove the attribute, or put one on the block as well; see `../fixed/sw404_skip_alone.rs`.

use sync_twin::sync_wrapper;

struct Client;

impl Client {
    #[sync_wrapper(skip)]
    async fn load(&self, id: u64) -> String {
        format!("user {id}")
    }
}

fn main() {}
