//! # SW411: an option names `self` on a fn without it
//! Why: a constructor is called before there is a value that could hold its time limit.
//! Fix: use a constant or an argument. On a block, the option is passed on to methods only; see
//! `../fixed/sw411_self_without_receiver.rs`.

use sync_twin::sync_wrapper;

struct Client;

impl Client {
    #[sync_wrapper(timeout = self.patience)]
    async fn connect(_seconds: u64) -> Self {
        Client
    }
}

fn main() {
    assert!(Client::connect_sync(5).is_ok());
}
