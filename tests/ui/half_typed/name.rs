//! # Half-typed: the name of an argument
//! Someone is typing `name: &str`, and has typed the first letter.

use sync_twin::sync_wrapper;

struct Client;

impl Client {
    #[sync_wrapper]
    async fn load(&self, id: u64, n) {}
}

fn main() {}
