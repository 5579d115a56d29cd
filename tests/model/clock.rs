//! Time, of which a model has none: a timeout may pass at any moment, be it the next, or later than anything else.
//!
//! The clock can also be stopped. Then no timeout passes until it is started again, and what gets done meanwhile needs no
//! thread that looks now and then. `Duration::MAX` never passes.

use loom::thread::{self, Thread, ThreadId};
use std::cell::RefCell;
use std::mem;

/// How many timeouts of an execution may pass before any other thread has done anything. With no limit, two threads that
/// hand each other something for ever would keep all others from running.
const HASTY: usize = 5;

#[derive(Default)]
struct Clock {
    passed: usize,
    stops_after: Option<usize>,
    watched: Option<ThreadId>,
    looks: usize,
    sleepers: Vec<Thread>,
}

std::thread_local! {
    /// That of all threads of a model, which are one thread really.
    static CLOCK: RefCell<Clock> = RefCell::default();
}

pub(crate) fn reset() {
    CLOCK.take();
}

/// Lets so many timeouts pass, and then no more.
pub(crate) fn stop_after(timeouts: usize) {
    CLOCK.with_borrow_mut(|clock| clock.stops_after = Some(timeouts));
}

pub(crate) fn start() {
    let sleepers = CLOCK.with_borrow_mut(|clock| {
        clock.stops_after = None;
        mem::take(&mut clock.sleepers)
    });
    for sleeper in sleepers {
        sleeper.unpark();
    }
}

pub(crate) fn is_stopped() -> bool {
    CLOCK.with_borrow(|clock| clock.stops_after.is_some_and(|most| clock.passed >= most))
}

/// Lets [`start`] unpark this thread.
pub(crate) fn sleep() {
    CLOCK.with_borrow_mut(|clock| clock.sleepers.push(thread::current()));
}

/// A timeout passes.
pub(crate) fn pass() {
    let passed = CLOCK.with_borrow_mut(|clock| {
        clock.passed += 1;
        if clock.watched == Some(thread::current().id()) {
            clock.looks += 1;
        }
        clock.passed
    });
    if passed > HASTY {
        thread::yield_now();
    }
}

/// Counts the timeouts of this thread from now on.
pub(crate) fn count_looks() {
    CLOCK.with_borrow_mut(|clock| clock.watched = Some(thread::current().id()));
}

pub(crate) fn looks() -> usize {
    CLOCK.with_borrow(|clock| clock.looks)
}
