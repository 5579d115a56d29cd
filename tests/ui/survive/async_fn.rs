//! # The item survives: an async fn
//! The option is misspelled. `load` itself is still there: calling it in `greet`
//! is no error, and an editor completes it.

use sync_twin::sync_wrapper;

#[sync_wrapper(nmae = load_blocking)]
async fn load(id: u64) -> String {
    format!("user {id}")
}

async fn greet(id: u64) -> String {
    format!("hello {}", load(id).await)
}

fn main() {
    drop(greet(7));
}
