//! # SW415: `close` names something that a `Drop` cannot call
//! Why: a `Drop` has no arguments to give, and only waits for what is async.
//! Fix: name a method that takes `self` alone; see `../fixed/sw415_not_a_closing_method.rs`.

use sync_twin::sync_wrapper;

struct Client;

#[sync_wrapper(type = BlockingClient, close = quit)]
impl Client {
    pub async fn quit(&mut self, message: &str) -> usize {
        message.len()
    }
}

fn main() {}
