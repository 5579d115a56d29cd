//! # SW408, fixed: the name is given where the fn is
//! Before: `../fail/sw408_misplaced_option.rs`.

use sync_twin::sync_wrapper;

struct Client;

#[sync_wrapper]
impl Client {
    #[sync_wrapper(name = load_blocking)]
    async fn load(&self, id: u64) -> String {
        format!("user {id}")
    }
}

fn main() {
    assert_eq!(Client.load_blocking(7), "user 7");
}
