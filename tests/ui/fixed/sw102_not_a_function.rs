//! # SW102, fixed: the attribute is on the async fn
//! Before: `../fail/sw102_not_a_function.rs`.

use sync_twin::sync_wrapper;

struct Client {
    region: String,
}

impl Client {
    #[sync_wrapper]
    async fn load(&self, id: u64) -> String {
        format!("{}/user {id}", self.region)
    }
}

fn main() {
    let client = Client {
        region: "eu".into(),
    };
    assert_eq!(client.load_sync(7), "eu/user 7");
}
