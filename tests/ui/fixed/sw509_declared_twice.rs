//! # SW509, fixed: the second block extends the type
//! Before: `../rustc/sw509_declared_twice.rs`.

use sync_twin::sync_wrapper;

pub struct Client;

#[sync_wrapper(type = BlockingClient)]
impl Client {
    pub async fn load(&self) {}
}

#[sync_wrapper(extend = BlockingClient)]
impl Client {
    pub async fn store(&self) {}
}

fn main() {
    let client = BlockingClient::from(Client);
    client.load();
    client.store();
}
