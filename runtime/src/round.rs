//! Wake-ups that the driver of the home runtime puts off until the end of its round.
//!
//! One look at the reactor can end the waits of many callers. Woken at once, the first of them takes the core from a
//! driver that has the others still to serve, and asks for more before the tasks that served it have finished. So the
//! driver wakes them together, when it is about to sleep or to leave its seat. Only a caller that looks again by
//! itself soon is put off ([`Parker::doze`](crate::parker::Parker::doze)): a task that blocks the driver, or computes
//! for long, delays it no longer than that.

use crate::parker::Signal;
use std::cell::{Cell, RefCell};
use std::sync::Arc;

/// How many wake-ups may be put off. A driver under load may never be about to sleep.
const MOST: usize = 16;

thread_local! {
    static DRIVING: Cell<bool> = const { Cell::new(false) };
    static PUT_OFF: RefCell<Vec<Arc<Signal>>> = const { RefCell::new(Vec::new()) };
}

/// The calling thread drives, and puts wake-ups off, until this is dropped.
pub(crate) struct Round(());

impl Round {
    pub(crate) fn begin() -> Self {
        let _ = DRIVING.try_with(|driving| driving.set(true));
        Round(())
    }
}

impl Drop for Round {
    fn drop(&mut self) {
        let _ = DRIVING.try_with(|driving| driving.set(false));
        catch_up();
    }
}

/// Takes over to rouse the owner of `signal`; false if the calling thread does not drive.
pub(crate) fn put_off(signal: &Arc<Signal>) -> bool {
    if !DRIVING.try_with(Cell::get).unwrap_or(false) {
        return false;
    }
    let put_off = PUT_OFF.try_with(|signals| {
        let mut signals = signals.borrow_mut();
        signals.push(Arc::clone(signal));
        signals.len()
    });
    if put_off == Ok(MOST) {
        catch_up();
    }
    put_off.is_ok()
}

/// Makes up for what this thread has put off.
pub(crate) fn catch_up() {
    let _ = PUT_OFF.try_with(|signals| {
        for signal in signals.borrow_mut().drain(..) {
            signal.rouse();
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parker::Parker;
    use std::sync::atomic::AtomicUsize;
    use std::sync::atomic::Ordering::Relaxed;
    use std::task::Wake;

    #[derive(Default)]
    struct Roused(AtomicUsize);

    impl Wake for Roused {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Relaxed);
        }
    }

    /// As many signals as asked for, and how many of their owners have been roused.
    fn signals(count: usize) -> (Vec<Arc<Signal>>, Arc<Roused>) {
        let roused = Arc::<Roused>::default();
        let signals = (0..count)
            .map(|_| Parker::new().signal_with_listener(Arc::clone(&roused).into()))
            .collect();
        (signals, roused)
    }

    #[test]
    fn a_thread_that_does_not_drive_puts_nothing_off() {
        let (signals, _) = signals(1);
        assert!(!put_off(&signals[0]));
    }

    #[test]
    fn what_is_put_off_is_made_up_for_once() {
        let (signals, roused) = signals(3);
        let round = Round::begin();
        assert!(put_off(&signals[0]) && put_off(&signals[1]));
        assert_eq!(roused.0.load(Relaxed), 0);
        catch_up();
        assert_eq!(roused.0.load(Relaxed), 2);
        assert!(put_off(&signals[2]));
        drop(round);
        assert_eq!(roused.0.load(Relaxed), 3);
        assert!(!put_off(&signals[0]), "the round is over");
    }

    #[test]
    fn a_driver_that_never_sleeps_catches_up() {
        let (signals, roused) = signals(MOST + 1);
        let _round = Round::begin();
        assert!(signals.iter().all(put_off));
        assert_eq!(roused.0.load(Relaxed), MOST);
    }
}
