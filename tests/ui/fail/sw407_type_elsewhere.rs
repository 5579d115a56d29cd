//! # SW407: `type` or `extend` on something other than an impl block
//! Why: a blocking type gets its methods from an impl block of the async type.
//! Fix: put the attribute on the `impl` of the async type; see `../fixed/sw407_type_elsewhere.rs`.

use sync_twin::sync_wrapper;

struct Client;

impl Client {
    #[sync_wrapper(type = BlockingClient)]
    pub async fn load(&self, id: u64) -> String {
        format!("user {id}")
    }
}

fn main() {}
