//! # SW102: the item is not a function
//! Why: only an async fn has a future for a twin to wait for.
//! Fix: put the attribute on the async fn itself; see `../fixed/sw102_not_a_function.rs`.

use sync_twin::sync_wrapper;

#[sync_wrapper]
struct Client {
    region: String,
}

impl Client {
    async fn load(&self, id: u64) -> String {
        format!("{}/user {id}", self.region)
    }
}

fn main() {}
