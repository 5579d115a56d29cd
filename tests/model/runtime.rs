//! The runtime that the threads of a model drive: `block_on` of tokio's current-thread runtime, as far as the seat and
//! the parker have to do with it.
//!
//! It polls a future and, as long as that is pending, completes whatever I/O has been finished, and sleeps when there is
//! none. Nothing else completes I/O: without a driver, who waits for it waits for ever. There are no tasks and no timers,
//! which need a driver no less, and no more.

use crate::park::deferred;
use crate::sync::unpoisoned;
use loom::cell::UnsafeCell;
use loom::sync::atomic::{AtomicBool, AtomicUsize};
use loom::thread::{self, Thread};
use std::future::Future;
use std::mem;
use std::panic::resume_unwind;
use std::pin::pin;
use std::sync::atomic::Ordering::{AcqRel, Relaxed};
use std::sync::{Arc, Mutex};
use std::task::{Context, Wake, Waker};

/// What a caller waits for.
pub(crate) struct Io {
    done: AtomicBool,
    waker: Waker,
}

impl Io {
    pub(crate) fn new(waker: &Waker) -> Arc<Self> {
        Arc::new(Io {
            done: AtomicBool::new(false),
            waker: waker.clone(),
        })
    }

    /// Not ordered with anything: it takes the wake-up for the waiting thread to see this.
    pub(crate) fn is_done(&self) -> bool {
        self.done.load(Relaxed)
    }

    pub(crate) fn complete(&self) {
        self.done.store(true, Relaxed);
        self.waker.wake_by_ref();
    }
}

pub(crate) struct Runtime {
    reactor: Arc<Reactor>,
    /// Held by whoever drives. loom objects if two do, or if the second does not see all that the first has done.
    core: UnsafeCell<()>,
}

impl Runtime {
    pub(crate) fn new() -> Self {
        Runtime {
            reactor: Arc::new(Reactor {
                touched: AtomicUsize::new(0),
                events: Mutex::new(Events::default()),
            }),
            core: UnsafeCell::new(()),
        }
    }

    /// What the kernel does: from now on it takes a driver to complete `io`.
    pub(crate) fn finish(&self, io: Arc<Io>) {
        self.reactor.add(|events| events.finished.push(io));
    }

    /// Unwinds the thread that drives, now or next, with [`Over`].
    pub(crate) fn end(&self) {
        self.reactor.add(|events| events.over = true);
    }

    pub(crate) fn block_on(&self, future: impl Future<Output = ()>) {
        let _core = self.core.get_mut();
        let waker = Waker::from(Arc::clone(&self.reactor));
        let mut context = Context::from_waker(&waker);
        let mut future = pin!(future);
        while future.as_mut().poll(&mut context).is_pending() {
            for io in self.reactor.park() {
                io.complete();
            }
        }
    }
}

/// Ends a model's home thread.
pub(crate) struct Over;

struct Reactor {
    /// Changed by all who touch `events`, for loom to see that they depend on each other.
    touched: AtomicUsize,
    events: Mutex<Events>,
}

#[derive(Default)]
struct Events {
    finished: Vec<Arc<Io>>,
    unparked: bool,
    over: bool,
    /// The driver, asleep until there is something for it.
    asleep: Option<Thread>,
}

impl Reactor {
    fn add(&self, event: impl FnOnce(&mut Events)) {
        self.touched.fetch_add(1, AcqRel);
        let mut events = unpoisoned(&self.events);
        event(&mut events);
        if let Some(driver) = events.asleep.take() {
            driver.unpark();
        }
    }

    /// Sleeps until there is I/O or the reactor is unparked. The home runtime is told to catch up first.
    fn park(&self) -> Vec<Arc<Io>> {
        loop {
            deferred::unpark_deferred();
            self.touched.fetch_add(1, AcqRel);
            let mut events = unpoisoned(&self.events);
            if events.over {
                drop(events);
                resume_unwind(Box::new(Over));
            }
            if mem::take(&mut events.unparked) || !events.finished.is_empty() {
                return mem::take(&mut events.finished);
            }
            events.asleep = Some(thread::current());
            drop(events);
            thread::park();
        }
    }
}

impl Wake for Reactor {
    fn wake(self: Arc<Self>) {
        self.add(|events| events.unparked = true);
    }
}
