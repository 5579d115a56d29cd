//! # Half-typed: an expression
//! Someone is typing `id.pow(2)`. rustc says what is missing, and the attribute adds nothing. The
//! editor knows both `square` and its twin.

use sync_twin::sync_wrapper;

#[sync_wrapper]
async fn square(id: u64) -> u64 {
    let square = id.
}

fn main() {
    let _: u64 = square_sync(7);
}
