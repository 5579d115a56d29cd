//! # SW207, fixed: one method takes a reference, and the other has a twin beside it
//! Before: `../fail/sw207_pointer_receiver.rs`.

use std::sync::Arc;
use sync_twin::sync_wrapper;

struct Client;

#[sync_wrapper(type = BlockingClient)]
impl Client {
    pub fn new() -> Self {
        Client
    }

    pub async fn load(&self, id: u64) -> String {
        format!("user {id}")
    }
}

#[sync_wrapper]
impl Client {
    pub async fn share(self: &Arc<Self>) -> Arc<Self> {
        Arc::clone(self)
    }
}

fn main() {
    assert_eq!(BlockingClient::new().load(7), "user 7");
    let client = Arc::new(BlockingClient::new().into_inner());
    assert!(Arc::ptr_eq(&client, &client.share_sync()));
}
