//! Every call that waits for long is looked after, whenever it begins, and whoever watches.

use crate::bell::{Bell, FAR};
use crate::check::{Explore, check};
use crate::sync::{Mutex, MutexGuard};
use loom::sync::atomic::AtomicUsize;
use loom::thread::{self, JoinHandle};
use std::sync::atomic::Ordering::{AcqRel, Acquire};
use std::sync::{Arc, PoisonError};

/// What the calls and the watcher share.
struct World {
    bell: Bell,
    /// When calls that wait are due.
    waiting: Mutex<Vec<usize>>,
    /// How many of them the watcher has found due.
    found: AtomicUsize,
    now: AtomicUsize,
}

/// How long a call may wait.
const LONG: usize = 5;

/// By so much the time goes on with each look at the clock: two of them, and an idle watcher leaves.
const PAUSE: usize = 600;

impl World {
    fn new() -> Self {
        World {
            bell: Bell::new(),
            waiting: Mutex::new(Vec::new()),
            found: AtomicUsize::new(0),
            now: AtomicUsize::new(0),
        }
    }

    fn waiting(&self) -> MutexGuard<'_, Vec<usize>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A call begins to wait, and starts a watcher if need be.
    fn begin(self: &Arc<Self>) -> Option<JoinHandle<()>> {
        let due = self.now.load(Acquire) + LONG;
        self.waiting().push(due);
        self.bell.ring(due).then(|| {
            let world = Arc::clone(self);
            thread::spawn(move || world.watch())
        })
    }

    /// Each pause of the watcher lasts to its end, and longer.
    fn watch(&self) {
        let clock = || self.now.fetch_add(PAUSE, AcqRel) + PAUSE;
        self.bell.watch(clock, || {
            let now = self.now.load(Acquire);
            let mut waiting = self.waiting();
            let before = waiting.len();
            waiting.retain(|&due| due > now);
            self.found.fetch_add(before - waiting.len(), AcqRel);
            waiting.iter().min().copied().unwrap_or(FAR)
        });
    }
}

/// So many calls begin at the same time. When no watcher is left, all of them have been found due.
fn all_are_found(calls: usize) {
    let world = Arc::new(World::new());
    let threads: Vec<_> = (1..calls)
        .map(|_| {
            let world = Arc::clone(&world);
            thread::spawn(move || world.begin())
        })
        .collect();
    let mut watchers = vec![world.begin()];
    watchers.extend(
        threads
            .into_iter()
            .map(|thread| thread.join().expect("it does not panic")),
    );
    for watcher in watchers.into_iter().flatten() {
        watcher.join().expect("it does not panic");
    }
    assert_eq!(world.found.load(Acquire), calls);
}

#[test]
fn a_call_is_found_by_the_watcher_that_it_starts() {
    check(Explore::All, || all_are_found(1));
}

#[test]
fn two_calls_are_found_whoever_watches() {
    check(Explore::Preemptions(3), || all_are_found(2));
}

/// One that comes after a failure to start a watcher is found, and so is the one that has failed.
#[test]
fn a_later_call_makes_up_for_a_watcher_that_could_not_start() {
    check(Explore::Preemptions(3), || {
        let world = Arc::new(World::new());
        let due = LONG;
        world.waiting().push(due);
        assert!(world.bell.ring(due));
        world.bell.give_up();
        let watcher = world.begin().expect("nobody watches");
        watcher.join().expect("it does not panic");
        assert_eq!(world.found.load(Acquire), 2);
    });
}

/// A watcher that is ended leaves its calls to the one that the next call starts.
#[test]
fn a_later_call_makes_up_for_a_watcher_that_was_ended() {
    check(Explore::Preemptions(3), || {
        let world = Arc::new(World::new());
        let first = world.begin().expect("nobody watches");
        world.bell.end();
        first.join().expect("it does not panic");
        let second = world.begin().expect("nobody watches any more");
        second.join().expect("it does not panic");
        assert_eq!(world.found.load(Acquire), 2);
    });
}
