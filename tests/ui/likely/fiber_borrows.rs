//! # Likely: a closure that borrows, as the code of a fiber
//! Why: a fiber may be forgotten before its end, and then nothing of its code runs that could give back what it has borrowed.
//! Fix: move what it needs into the closure (`move`, a clone, an `Arc`), and return what is needed afterwards.

async fn total(items: Vec<u32>) -> u32 {
    sync_twin::fiber(|| items.iter().sum()).await
}

fn main() {
    assert_eq!(sync_twin::block_on(total(vec![1, 2])), 3);
}
