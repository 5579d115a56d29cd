//! # Likely: a `Drop` for a blocking type
//! After `into_inner` it would find no value, so the option `close` says what such a type does in the end.
//! Fix: write `close = quit` beside `type`, or `impl Drop` for the async type.

use sync_twin::sync_wrapper;

struct Client;

#[sync_wrapper(type = BlockingClient)]
impl Client {
    pub async fn quit(&mut self) {}
}

impl Drop for BlockingClient {
    fn drop(&mut self) {
        self.quit();
    }
}

fn main() {}
