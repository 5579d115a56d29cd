//! # SW415, fixed: a method that takes `self` alone
//! Before: `../fail/sw415_not_a_closing_method.rs`.

use sync_twin::sync_wrapper;

struct Client;

#[sync_wrapper(type = BlockingClient, close = end)]
impl Client {
    pub async fn quit(&mut self, message: &str) -> usize {
        message.len()
    }

    /// For the `Drop`, so it is private.
    async fn end(&mut self) {
        self.quit("goodbye").await;
    }
}

fn main() {
    let mut client = BlockingClient::from(Client);
    assert_eq!(client.quit("see you"), 7);
}
