//! # SW414, fixed: one value is shared
//! Before: `../fail/sw414_clone_with_close.rs`.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use sync_twin::sync_wrapper;

static CLOSED: AtomicUsize = AtomicUsize::new(0);

#[derive(Clone)]
struct Client;

#[sync_wrapper(type = BlockingClient, close = quit)]
impl Client {
    async fn quit(&self) {
        CLOSED.fetch_add(1, Relaxed);
    }
}

fn main() {
    let client = Arc::new(BlockingClient::from(Client));
    let clone = Arc::clone(&client);
    drop(client);
    assert_eq!(CLOSED.load(Relaxed), 0);
    drop(clone);
    assert_eq!(CLOSED.load(Relaxed), 1);
}
