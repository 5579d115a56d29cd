//! # SW414: `close` and `derive(Clone)` on one blocking type
//! Why: clones would share the connection, and the first that is dropped would close it for all.
//! Fix: share one by an `Arc`; see `../fixed/sw414_clone_with_close.rs`.

use sync_twin::sync_wrapper;

#[derive(Clone)]
struct Client;

#[sync_wrapper(type = BlockingClient, close = quit, derive(Clone))]
impl Client {
    async fn quit(&self) {}
}

fn main() {}
