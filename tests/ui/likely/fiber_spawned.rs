//! # Likely: `tokio::spawn` of a fiber
//! Why: such a task goes from thread to thread, and a fiber stays on the one on which it has begun.
//! Fix: `spawn_local` in a `LocalSet`; or `to_fiber`, which has threads of its own; or `to_thread`, if the code blocks in other ways.

async fn handler() -> u32 {
    let answer = tokio::spawn(sync_twin::fiber(|| 42));
    answer.await.unwrap()
}

fn main() {
    assert_eq!(sync_twin::block_on(handler()), 42);
}
