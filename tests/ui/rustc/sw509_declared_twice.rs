//! # SW509: two impl blocks declare the blocking type of one type (E0119, E0428)
//! Why: `type` declares it, and a type is declared once.
//! Fix: write `extend` on the second block; see `../fixed/sw509_declared_twice.rs`.

use sync_twin::sync_wrapper;

pub struct Client;

#[sync_wrapper(type = BlockingClient)]
impl Client {
    pub async fn load(&self) {}
}

#[sync_wrapper(type = BlockingClient)]
impl Client {
    pub async fn store(&self) {}
}

fn main() {}
