//! Wake-ups that the driver of the home runtime defers until the end of its round.
//!
//! One poll of the reactor can end the waits of many callers. If the driver unparked each at once, the first of them would
//! take the core from a driver that still has the others to serve, and would make its next request before the tasks that
//! served it have finished. So the driver unparks them together, when it is about to sleep or to leave its seat. Only the
//! wake-up of a caller that soon looks again by itself is deferred ([`Parker::doze`](crate::park::parker::Parker::doze)): a task that blocks the driver, or computes
//! for a long time, delays it no longer than that.

use crate::park::parker::Signal;
use std::cell::{Cell, RefCell};
use std::sync::Arc;

/// The most wake-ups that may be deferred. A driver under load may never be about to sleep.
pub(crate) const MAX_DEFERRED: usize = 16;

thread_local! {
    static DRIVING: Cell<bool> = const { Cell::new(false) };
    static DEFERRED: RefCell<Vec<Arc<Signal>>> = const { RefCell::new(Vec::new()) };
}

/// The calling thread drives, and defers wake-ups, until this is dropped.
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

/// Defers the unparking of `signal`'s owner. Returns false if the calling thread does not drive.
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

/// Unparks the owners whose wake-ups this thread has deferred.
pub(crate) fn unpark_deferred() {
    let _ = DEFERRED.try_with(|signals| {
        for signal in signals.borrow_mut().drain(..) {
            signal.unpark();
        }
    });
}
