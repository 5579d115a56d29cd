//! # Half-typed: an argument
//! Someone is typing the type of `id`.

use sync_twin::sync_wrapper;

#[sync_wrapper]
async fn load(id: ) {}

fn main() {}
