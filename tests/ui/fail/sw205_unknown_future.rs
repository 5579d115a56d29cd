//! # SW205: the return type does not name the output of the future
//! Why: the attribute sees only the name of the type, but the twin has to return the output.
//! Fix: name the output with `output = …`; see `../fixed/sw205_unknown_future.rs`.

use std::future::{Ready, ready};
use sync_twin::sync_wrapper;

type LoadFuture = Ready<String>;

#[sync_wrapper]
fn load(id: u64) -> LoadFuture {
    ready(format!("user {id}"))
}

fn main() {}
