//! # SW205: the type of the future does not tell its output
//! Why: the attribute sees the name of the type only, and the twin has to write what it returns.
//! Fix: name it with `output`; see `../fixed/sw205_unknown_future.rs`.

use std::future::{Ready, ready};
use sync_twin::sync_wrapper;

type LoadFuture = Ready<String>;

#[sync_wrapper]
fn load(id: u64) -> LoadFuture {
    ready(format!("user {id}"))
}

fn main() {}
