//! # Half-typed: the result's type

use sync_twin::sync_wrapper;

#[sync_wrapper]
async fn load(id: u64) -> {
    id
}

fn main() {}
