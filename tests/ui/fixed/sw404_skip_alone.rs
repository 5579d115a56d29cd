//! # SW404, fixed: the block has the attribute, and one fn is left out
//! Before: `../fail/sw404_skip_alone.rs`.

use sync_twin::sync_wrapper;

struct Client;

#[sync_wrapper]
impl Client {
    async fn load(&self, id: u64) -> String {
        format!("user {id}")
    }

    #[sync_wrapper(skip)]
    async fn load_twice(&self, id: u64) -> String {
        self.load(id).await + &self.load(id).await
    }
}

fn main() {
    assert_eq!(Client.load_sync(7), "user 7");
    drop(Client.load_twice(7));
}
