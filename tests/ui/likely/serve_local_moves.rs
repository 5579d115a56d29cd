//! # Likely: a task that moves awaits `serve_local`
//! It holds futures that may not be `Send`, and so it is not `Send` either; `tokio::spawn` needs that, and so do handlers of axum.
//! Fix: `serve`, which serves the calls whose futures are `Send`; or `spawn_local`.

use sync_twin::to_thread;

#[tokio::main]
async fn main() {
    tokio::spawn(to_thread(|| 1).serve_local());
}
