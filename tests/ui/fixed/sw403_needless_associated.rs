//! # SW403, fixed: the receiver is enough
//! Before: `../fail/sw403_needless_associated.rs`.

use sync_twin::sync_wrapper;

struct Client;

impl Client {
    #[sync_wrapper]
    async fn load(&self, id: u64) -> String {
        format!("user {id}")
    }
}

fn main() {
    assert_eq!(Client.load_sync(7), "user 7");
}
