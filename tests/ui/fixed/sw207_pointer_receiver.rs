//! # SW207, fixed: the method takes a reference
//! Before: `../fail/sw207_pointer_receiver.rs`.

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

fn main() {
    assert_eq!(BlockingClient::new().load(7), "user 7");
}
