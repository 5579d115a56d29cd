//! # Likely: the attribute on an `async` block
//! rustc allows attributes like this one on items only.
//! Fix: write an `async fn`, or pass the block to `sync_twin::block_on`.

use sync_twin::sync_wrapper;

fn show() {
    #[sync_wrapper]
    async { println!("user") };
}

fn main() {}
