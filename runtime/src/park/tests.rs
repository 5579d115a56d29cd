//! The tests of [`round`](crate::park::deferred). Not in its file, since `tests/model` includes that, and these are no models.

use crate::park::deferred::{MOST, Round, catch_up, put_off};
use crate::park::parker::{Parker, Signal};
use std::sync::Arc;
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
