//! # SW411, fixed: the option names an argument
//! Before: `../fail/sw411_self_without_receiver.rs`.

use std::time::Duration;
use sync_twin::sync_wrapper;

struct Client;

impl Client {
    #[sync_wrapper(timeout = Duration::from_secs(seconds))]
    async fn connect(seconds: u64) -> Self {
        let _ = seconds;
        Client
    }
}

fn main() {
    assert!(Client::connect_sync(5).is_ok());
}
