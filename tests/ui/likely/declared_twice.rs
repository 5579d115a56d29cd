//! # Likely: two `impl` blocks declare the blocking type of one type
//! `type` declares it, and a type is declared once. The name of a trait among the errors says so.
//! Fix: write `extend = BlockingClient` on the second block.

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
