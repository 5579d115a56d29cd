//! # SW407, fixed: the attribute is on the impl block
//! Before: `../fail/sw407_type_elsewhere.rs`.

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
