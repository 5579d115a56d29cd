//! A thread that waits by its parker is woken, however it waits.

use crate::check::{Explore, check};
use crate::park::parker::Parker;
use crate::runtime::{Io, Runtime};
use loom::sync::atomic::AtomicBool;
use loom::thread::{self, JoinHandle};
use std::array;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::task::Waker;
use std::time::Duration;

/// Some that passes at any time, or not before the parker is woken.
const SOME_TIME: Duration = Duration::from_millis(1);
const NO_END: Duration = Duration::MAX;

/// What a thread tells another by waking it: the wake-up has to bring the news with it.
struct News {
    told: Arc<AtomicBool>,
    teller: JoinHandle<()>,
}

impl News {
    fn tell(waker: &Waker) -> Self {
        let told = Arc::new(AtomicBool::new(false));
        let teller = {
            let told = Arc::clone(&told);
            let waker = waker.clone();
            thread::spawn(move || {
                told.store(true, Relaxed);
                waker.wake();
            })
        };
        News { told, teller }
    }

    fn is_told(&self) -> bool {
        self.told.load(Relaxed)
    }
}

/// Lets `TELLERS` threads wake one that waits by each of `waits` in turn until it has heard from all of them.
///
/// Two wake-ups may come as one, so the waits are fewer than the tellers; a lost one leaves the last wait without end.
fn hears_from_all<const TELLERS: usize>(waits: &[fn(&Parker)]) {
    let parker = Parker::new();
    let news: [News; TELLERS] = array::from_fn(|_| News::tell(parker.waker()));
    let mut waits = waits.iter().cycle();
    while !news.iter().all(News::is_told) {
        waits.next().expect("it goes round")(&parker);
    }
    for news in news {
        news.teller.join().expect("it does not panic");
    }
}

fn park(parker: &Parker) {
    parker.park();
}

fn park_without_end(parker: &Parker) {
    assert!(parker.park_timeout(NO_END));
}

/// What has not come in time still comes.
fn park_for_some_time_first(parker: &Parker) {
    if !parker.park_timeout(SOME_TIME) {
        parker.park();
    }
}

fn drive(parker: &Parker) {
    parker.drive(|woken| Runtime::new().block_on(woken));
}

/// One teller in all interleavings, two in many.
fn is_woken(waits: &'static [fn(&Parker)]) {
    check(Explore::All, || hears_from_all::<1>(waits));
    check(Explore::Preemptions(3), || hears_from_all::<2>(waits));
}

#[test]
fn a_thread_that_parks_is_woken() {
    is_woken(&[park]);
}

#[test]
fn a_thread_that_parks_with_a_timeout_is_woken() {
    is_woken(&[park_without_end]);
}

#[test]
fn a_wake_up_that_misses_the_timeout_is_kept() {
    is_woken(&[park_for_some_time_first]);
}

#[test]
fn a_thread_that_drives_is_woken() {
    is_woken(&[drive]);
}

/// A waker that has ended the drive may yet come for its listener, and must not take that for the one who parks.
#[test]
fn a_thread_that_has_driven_and_parks_is_woken() {
    is_woken(&[drive, park]);
}

#[test]
fn a_thread_that_has_driven_and_parks_for_some_time_is_woken() {
    is_woken(&[drive, park_for_some_time_first]);
}

#[test]
fn a_thread_that_has_parked_and_drives_is_woken() {
    is_woken(&[park, drive]);
}

/// The future that wakes itself and then waits for the runtime is not a future that hangs.
#[test]
fn one_that_is_woken_already_drives_for_a_turn() {
    check(Explore::All, || {
        let parker = Parker::new();
        let runtime = Runtime::new();
        parker.waker().wake_by_ref();
        let io = Io::new(parker.waker());
        runtime.finish(Arc::clone(&io));
        parker.drive(|woken| runtime.block_on(woken));
        assert!(io.is_done());
    });
}
