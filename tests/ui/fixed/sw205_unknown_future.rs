//! # SW205, fixed: `output` names the output of the future
//! Before: `../fail/sw205_unknown_future.rs`.

use std::future::{Ready, ready};
use sync_twin::sync_wrapper;

type LoadFuture = Ready<String>;

#[sync_wrapper(output = String)]
fn load(id: u64) -> LoadFuture {
    ready(format!("user {id}"))
}

fn main() {
    assert_eq!(load_sync(7), "user 7");
}
