//! # Likely: the attribute on a `let`
//! rustc allows attributes like this one on items only. Closures and `async` blocks have no names, and so no twins.
//! Fix: write an `async fn`, or pass the future to `sync_twin::block_on`.

use sync_twin::sync_wrapper;

fn show() {
    #[sync_wrapper]
    let _load = async || "user";
}

fn main() {}
