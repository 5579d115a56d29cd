//! # Likely: `around` names a fn that takes something else
//! It is called with a closure, and what it returns is what the twin returns.
//! Fix: `fn timed<T>(block: impl FnOnce() -> T) -> T`

use sync_twin::sync_wrapper;

fn timed(block: impl FnOnce()) {
    block();
}

#[sync_wrapper(around = timed)]
async fn length(text: &str) -> usize {
    text.len()
}

fn main() {}
