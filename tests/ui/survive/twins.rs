//! # The item survives: and its twins
//! The attribute of the block has a mistake. That is the only error: there are twins, so the calls below have none.

use sync_twin::sync_wrapper;

struct Client;

#[sync_wrapper(isolation = "allways")]
impl Client {
    async fn load(&self, id: u64) -> String {
        format!("user {id}")
    }

    #[sync_wrapper(name = open)]
    async fn connect() -> Self {
        Client
    }
}

fn main() {
    let user: String = Client::open().load_sync(7);
    drop(user);
}
