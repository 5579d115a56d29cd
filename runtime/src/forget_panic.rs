//! Code of the user's whose panic is nobody's business.

use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Runs `code`. Of its panic the hook is told, and nobody else: not even the payload is dropped, which could panic in its turn.
pub(crate) fn forget_panic(code: impl FnOnce()) {
    if let Err(panic) = catch_unwind(AssertUnwindSafe(code)) {
        mem::forget(panic);
    }
}
