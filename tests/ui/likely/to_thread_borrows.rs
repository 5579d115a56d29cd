//! # Likely: `to_thread` with code that borrows
//! The code runs on another thread, and goes on there if the future is dropped: it must not borrow from the task.
//! Fix: `move ||` what it needs, or a clone or an `Arc` of it. What only the task has, `caller().run(…)` reads there.

use sync_twin::to_thread;

async fn length(text: &str) -> usize {
    to_thread(|| text.len()).serve().await
}

fn main() {
    sync_twin::block_on(length("a"));
}
