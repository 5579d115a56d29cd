//! # SW208, fixed: the method returns the type by value
//! Before: `../fail/sw208_borrowed_result.rs`.

use sync_twin::sync_wrapper;

struct Pool {
    first: Client,
}

#[derive(Clone)]
struct Client;

#[sync_wrapper(type = BlockingPool, map(Client = BlockingClient))]
impl Pool {
    pub async fn first(&self) -> Client {
        self.first.clone()
    }
}

#[sync_wrapper(type = BlockingClient)]
impl Client {
    pub async fn load(&self, id: u64) -> String {
        format!("user {id}")
    }
}

fn main() {
    let pool = BlockingPool::from(Pool { first: Client });
    assert_eq!(pool.first().load(7), "user 7");
}
