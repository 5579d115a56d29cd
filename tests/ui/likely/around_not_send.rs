//! # Likely: `around` asks for `Send`, and an argument is not
//! What is around may want to run the wait on any thread, or while others do what this one may not meanwhile.
//! Fix: arguments and results that are `Send` all through, or another `around` for this twin; `unset(around)` in a block.

use std::rc::Rc;
use sync_twin::sync_wrapper;

fn detached<T>(block: impl FnOnce() -> T + Send) -> T {
    block()
}

#[sync_wrapper(around = detached)]
async fn length(text: Rc<str>) -> usize {
    text.len()
}

fn main() {}
