//! Wake-ups that the driver of the home runtime puts off until the end of its round.
//!
//! One look at the reactor can end the waits of many callers. Woken at once, the first of them takes the core from a
//! driver that has the others still to serve, and asks for more before the tasks that served it have finished. So the
//! driver wakes them together, when it is about to sleep or to leave its seat. Only a caller that looks again by
//! itself soon is put off ([`Parker::doze`](crate::park::parker::Parker::doze)): a task that blocks the driver, or computes
//! for long, delays it no longer than that.

use crate::park::parker::Signal;
use std::cell::{Cell, RefCell};
use std::sync::Arc;

/// How many wake-ups may be put off. A driver under load may never be about to sleep.
pub(crate) const MAX_DEFERRED: usize = 16;

thread_local! {
    static DRIVING: Cell<bool> = const { Cell::new(false) };
    static DEFERRED: RefCell<Vec<Arc<Signal>>> = const { RefCell::new(Vec::new()) };
}

/// The calling thread drives, and puts wake-ups off, until this is dropped.
pub(crate) struct Deferring(());

impl Deferring {
    pub(crate) fn begin() -> Self {
        let _ = DRIVING.try_with(|driving| driving.set(true));
        Deferring(())
    }
}

impl Drop for Deferring {
    fn drop(&mut self) {
        let _ = DRIVING.try_with(|driving| driving.set(false));
        unpark_deferred();
    }
}

/// Takes over to unpark the owner of `signal`; false if the calling thread does not drive.
pub(crate) fn defer(signal: &Arc<Signal>) -> bool {
    if !DRIVING.try_with(Cell::get).unwrap_or(false) {
        return false;
    }
    let count = DEFERRED.try_with(|signals| {
        let mut signals = signals.borrow_mut();
        signals.push(Arc::clone(signal));
        signals.len()
    });
    if matches!(count, Ok(MAX_DEFERRED)) {
        unpark_deferred();
    }
    count.is_ok()
}

/// Makes up for what this thread has put off.
pub(crate) fn unpark_deferred() {
    let _ = DEFERRED.try_with(|signals| {
        for signal in signals.borrow_mut().drain(..) {
            signal.unpark();
        }
    });
}
