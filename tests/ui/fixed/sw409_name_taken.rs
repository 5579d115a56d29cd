//! # SW409, fixed: the twin has a name of its own
//! Before: `../fail/sw409_name_taken.rs`.

use sync_twin::sync_wrapper;

struct Client;

#[sync_wrapper]
impl Client {
    #[sync_wrapper(name = load_blocking)]
    async fn load(&self, id: u64) -> String {
        format!("user {id}")
    }

    fn load_sync(&self) {}
}

fn main() {
    assert_eq!(Client.load_blocking(7), "user 7");
    Client.load_sync();
}
