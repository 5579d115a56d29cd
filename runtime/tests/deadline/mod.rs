//! A bound for everything that waits: a hang becomes a failure.

use std::panic::resume_unwind;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

/// Longer than anything takes, also on a loaded machine. It is not a measure of speed, it only means "hangs".
pub(crate) const HANG: Duration = Duration::from_secs(60);

/// Runs `case` on a new thread, and fails if it has not ended in a minute.
pub(crate) fn within_deadline(case: impl FnOnce() + Send + 'static) {
    let (sender, receiver) = channel();
    let thread = thread::spawn(move || {
        case();
        // Nobody listens any more when the deadline has passed.
        let _ = sender.send(());
    });
    if receiver.recv_timeout(HANG) == Err(RecvTimeoutError::Timeout) {
        panic!("it hangs");
    }
    if let Err(panic) = thread.join() {
        resume_unwind(panic);
    }
}
