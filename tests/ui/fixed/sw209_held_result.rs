//! # SW209, fixed: the method returns a vector
//! Before: `../fail/sw209_held_result.rs`.

use sync_twin::sync_wrapper;

struct Pool;

struct Client;

#[sync_wrapper(type = BlockingPool, map(Client = BlockingClient))]
impl Pool {
    pub async fn all(&self) -> Vec<(String, Client)> {
        vec![("me".to_owned(), Client)]
    }
}

#[sync_wrapper(type = BlockingClient)]
impl Client {
    pub async fn load(&self, id: u64) -> String {
        format!("user {id}")
    }
}

fn main() {
    let (name, client) = BlockingPool::from(Pool).all().remove(0);
    assert_eq!((name.as_str(), client.load(7).as_str()), ("me", "user 7"));
}
