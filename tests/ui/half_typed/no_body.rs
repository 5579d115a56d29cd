//! # Half-typed: no body yet
//! A fn without a body is an error of rustc's, unless it is in a trait.

use sync_twin::sync_wrapper;

#[sync_wrapper]
async fn load(id: u64) -> String;

fn main() {
    let _: String = load_sync(7);
}
