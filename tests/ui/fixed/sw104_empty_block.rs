//! # SW104, fixed: the attribute is on the block that has an async fn
//! Before: `../fail/sw104_empty_block.rs`.

use sync_twin::sync_wrapper;

struct Client;

impl Client {
    fn region(&self) -> &str {
        "eu"
    }
}

#[sync_wrapper]
impl Client {
    async fn load(&self, id: u64) -> String {
        format!("{}/user {id}", self.region())
    }
}

fn main() {
    assert_eq!(Client.load_sync(7), "eu/user 7");
}
