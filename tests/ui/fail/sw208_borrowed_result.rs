//! # SW208: the method lends a type for which there is a blocking one
//! Why: there is no blocking type anywhere that a reference could point to.
//! Fix: return the type by value, or leave the method out with `skip`; see `../fixed/sw208_borrowed_result.rs`.

use sync_twin::sync_wrapper;

struct Pool {
    first: Client,
}
struct Client;

#[sync_wrapper(type = BlockingPool, map(Client = BlockingClient))]
impl Pool {
    pub async fn first(&self) -> &Client {
        &self.first
    }
}

fn main() {}
