//! What many callers share that make calls at the same time.

use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

pub(crate) struct Turn {
    start: Barrier,
    over: AtomicBool,
    calls: AtomicU64,
    end: Barrier,
}

impl Turn {
    pub(crate) fn new(callers: usize) -> Self {
        Turn {
            start: Barrier::new(callers + 1),
            over: AtomicBool::new(false),
            calls: AtomicU64::new(0),
            end: Barrier::new(callers + 1),
        }
    }

    /// What each caller does. It waits for the others in `rest`.
    pub(crate) fn play(&self, mut call: impl FnMut(), rest: impl Fn(&mut dyn FnMut())) {
        rest(&mut || _ = self.start.wait());
        let mut finished = 0;
        while !self.over.load(Ordering::Relaxed) {
            call();
            // A call that ends too late does not count.
            finished += u64::from(!self.over.load(Ordering::Relaxed));
        }
        self.calls.fetch_add(finished, Ordering::Relaxed);
        rest(&mut || _ = self.end.wait());
    }

    /// How many calls were made, and in what time.
    pub(crate) fn time(&self, turn: Duration) -> (f64, Duration) {
        self.start.wait();
        let start = Instant::now();
        thread::sleep(turn);
        self.over.store(true, Ordering::Relaxed);
        let time = start.elapsed();
        self.end.wait();
        (self.calls.load(Ordering::Relaxed).max(1) as f64, time)
    }
}
