//! # SW207: the method takes a pointer to the async type, which a blocking type does not have
//! Why: it has the async value itself, so it has no `Arc` to pass on.
//! Fix: take `self` by reference or by value. Or put the method into a block without `type`, where a twin takes the same pointer;
//! see `../fixed/sw207_pointer_receiver.rs`.

use std::sync::Arc;
use sync_twin::sync_wrapper;

struct Client;

#[sync_wrapper(type = BlockingClient)]
impl Client {
    pub async fn load(self: &Arc<Self>, id: u64) -> String {
        format!("user {id}")
    }
}

fn main() {}
