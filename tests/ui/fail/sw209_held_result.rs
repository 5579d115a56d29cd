//! # SW209: the method returns a type for which there is a blocking one, inside something that cannot be taken apart
//! Why: the attribute knows how to get at what is in a `Result`, an `Option`, a `Vec`, a `Box`, an array and a tuple.
//! Fix: return one of these, or the async type with `unset(map)`; see `../fixed/sw209_held_result.rs`.

use std::collections::HashMap;
use sync_twin::sync_wrapper;

struct Pool;

struct Client;

#[sync_wrapper(type = BlockingPool, map(Client = BlockingClient))]
impl Pool {
    pub async fn all(&self) -> HashMap<String, Client> {
        HashMap::from([("me".to_owned(), Client)])
    }
}

fn main() {}
