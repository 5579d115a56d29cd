//! # SW502: `isolation = "always"` with an argument that is not `Send` (E0277)
//! Why: every call runs on another thread, and an `Rc` cannot be sent to it.
//! Fix: take something that is `Send`, or remove `isolation`; see
//! `../fixed/sw502_always_argument.rs`.

use std::rc::Rc;
use sync_twin::sync_wrapper;

#[sync_wrapper(isolation = "always")]
async fn length(id: u64, name: Rc<str>) -> usize {
    name.len() + id as usize
}

fn main() {}
