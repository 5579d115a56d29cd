//! # Half-typed: a statement
//! Someone is typing the value of `name`.

use sync_twin::sync_wrapper;

struct Client;

impl Client {
    #[sync_wrapper(isolation = "never")]
    async fn load(&self, id: u64) -> String {
        let name =
    }
}

fn main() {
    let _: String = Client.load_sync(7);
}
