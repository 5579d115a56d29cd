//! # Likely: twins of one name in two `impl` blocks
//! An attribute sees its own block only. In one block, `load_async` would have the twin `load_async_sync`.
//! Fix: write `#[sync_wrapper(name = …)]` on one of the two fns, or put them into one block.

use sync_twin::sync_wrapper;

struct Client;

#[sync_wrapper]
impl Client {
    async fn load(&self) {}
}

#[sync_wrapper]
impl Client {
    async fn load_async(&self) {}
}

fn main() {}
