//! In place of `runtime/src/fork.rs`: a model does not fork.

use std::io;

pub(crate) fn depth() -> usize {
    0
}

pub(crate) fn borrow_from_other_stacks() {}

#[expect(clippy::unnecessary_wraps, reason = "as the real one")]
pub(crate) fn may_start_threads() -> io::Result<()> {
    Ok(())
}
