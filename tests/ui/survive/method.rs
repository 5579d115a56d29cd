//! # The item survives: a method
//! Both the method with the mistake and the one beside it can be called.

use sync_twin::sync_wrapper;

struct Client;

impl Client {
    #[sync_wrapper(isolation = "allways")]
    async fn load(&self, id: u64) -> String {
        format!("user {id}")
    }

    async fn greet(&self, id: u64) -> String {
        format!("hello {}", self.load(id).await)
    }
}

fn main() {
    drop(Client.greet(7));
}
