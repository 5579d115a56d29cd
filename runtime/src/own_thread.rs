//! Threads of sync-twin's own in the child of a fork.
//!
//! A child that comes back to one cannot go on there: who waits for the thread is not in the child, and if it went on in a
//! runtime of the parent's, it would take events and tasks from the parent. So it is ended, in words. A child has to end,
//! or `exec`, in the code that has forked.

use crate::fork;
use crate::report;
use std::process;

/// The calling thread is one of sync-twin's own, until this is dropped.
pub(crate) struct OwnThread {
    depth: usize,
}

impl OwnThread {
    pub(crate) fn begin() -> Self {
        let depth = fork::depth();
        OwnThread { depth }
    }

    /// Ends the process if it is a child that has come back to this thread.
    pub(crate) fn end_if_child(&self) {
        end_if_child(self.depth);
    }
}

impl Drop for OwnThread {
    fn drop(&mut self) {
        self.end_if_child();
    }
}

/// Ends the process if it has been forked since it was `depth` deep.
pub(crate) fn end_if_child(depth: usize) {
    if fork::depth() != depth {
        report::write_last_words(
            "the process was forked on a thread of sync-twin's own, whose callers and tasks are not in the child, which \
             therefore ends here; a child has to end, or `exec`, in the code that has forked",
        );
        process::abort();
    }
}
