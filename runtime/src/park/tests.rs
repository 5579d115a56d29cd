//! The tests of [`deferred`](crate::park::deferred). Not in its file: `tests/model` includes that file, and these are not models.

use crate::park::deferred::{Deferring, MAX_DEFERRED, defer, unpark_deferred};
use crate::park::parker::{Parker, Signal};
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;
use std::task::Wake;

#[derive(Default)]
struct Unparked(AtomicUsize);

impl Wake for Unparked {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Relaxed);
    }
}

/// As many signals as asked for, and how many of their owners have been unparked.
fn signals(count: usize) -> (Vec<Arc<Signal>>, Arc<Unparked>) {
    let unparked = Arc::<Unparked>::default();
    let signals = (0..count)
        .map(|_| Parker::new().signal_with_listener(Arc::clone(&unparked).into()))
        .collect();
    (signals, unparked)
}

#[test]
fn a_thread_that_does_not_drive_puts_nothing_off() {
    let (signals, _) = signals(1);
    assert!(!defer(&signals[0]));
}

#[test]
fn what_is_put_off_is_made_up_for_once() {
    let (signals, unparked) = signals(3);
    let deferring = Deferring::begin();
    assert!(defer(&signals[0]) && defer(&signals[1]));
    assert_eq!(unparked.0.load(Relaxed), 0);
    unpark_deferred();
    assert_eq!(unparked.0.load(Relaxed), 2);
    assert!(defer(&signals[2]));
    drop(deferring);
    assert_eq!(unparked.0.load(Relaxed), 3);
    assert!(!defer(&signals[0]), "it no longer drives");
}

#[test]
fn a_driver_that_never_sleeps_catches_up() {
    let (signals, unparked) = signals(MAX_DEFERRED + 1);
    let _deferring = Deferring::begin();
    assert!(signals.iter().all(defer));
    assert_eq!(unparked.0.load(Relaxed), MAX_DEFERRED);
}
