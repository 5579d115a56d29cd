//! # SW503: `isolation = "always"` with a result that is not `Send` (E0277)
//! Why: every call runs on another thread, and an `Rc` cannot come back from it.
//! Fix: return something that is `Send`, or remove `isolation`; see
//! `../fixed/sw503_always_output.rs`.

use std::rc::Rc;
use sync_twin::sync_wrapper;

#[sync_wrapper(isolation = "always")]
async fn name(id: u64) -> Rc<str> {
    format!("user {id}").into()
}

fn main() {}
