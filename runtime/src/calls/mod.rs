//! The calls of this process: how many there have been, and which are blocked now.
//!
//! Each thread has a [`ThreadCalls`] of its own, which it alone writes. So a call that is ready at once costs one addition,
//! without a lock. One that has to wait takes a lock that nobody else takes, except who lists the calls. A thread that ends
//! leaves its `ThreadCalls` to the next thread that starts: the counts in it only grow, and there are never more of them
//! than threads at a time.
//!
//! A child of a fork leaves those of its parent alone. Somebody there may have had them locked.

pub(crate) mod bell;
mod blocked_call;
mod metrics;
mod strategy;

pub use blocked_call::BlockedCall;
pub use metrics::Metrics;
pub use strategy::Strategy;

pub(crate) use blocked_call::Age;

use crate::calls::bell::Bell;
use crate::context::Place;
use crate::fork;
use std::cell::Cell;
use std::mem;
use std::panic::Location;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{LazyLock, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};
use tokio::runtime::Handle;

const PLACES: usize = Place::ALL.len();
const STRATEGIES: usize = Strategy::ALL.len();

/// How many calls there have been, by place and strategy.
pub(crate) type Counts = [[u64; STRATEGIES]; PLACES];

/// All calls of the process.
pub(crate) struct Calls {
    /// Wakes who looks after those that wait.
    pub(crate) bell: LazyLock<Bell>,
    threads: Mutex<Threads>,
    /// For threads that are ending, whose thread-locals are gone.
    at_exit: OnceLock<&'static ThreadCalls>,
}

struct Threads {
    all: Vec<&'static ThreadCalls>,
    /// Those whose threads have ended.
    free: Vec<&'static ThreadCalls>,
}

/// The calls of one thread.
pub(crate) struct ThreadCalls {
    counts: [[AtomicUsize; STRATEGIES]; PLACES],
    /// The number of the home that it drives, or 0.
    drives_home: AtomicUsize,
    blocked: Mutex<BlockedHere>,
    /// How many forks deep the process is that this belongs to.
    depth: usize,
}

struct BlockedHere {
    thread: Option<Thread>,
    /// From the outermost to the innermost, unless green threads have changed that.
    calls: Vec<Entry>,
    next: u64,
    /// The time that calls have waited which have ended.
    time: Duration,
}

/// What is known of a call that waits.
#[derive(Clone)]
pub(crate) struct Waiting {
    pub(crate) site: &'static Location<'static>,
    /// The async fn whose twin makes the call.
    pub(crate) async_fn: Option<&'static str>,
    pub(crate) place: Place,
    pub(crate) strategy: Strategy,
    /// Whether this is only the part of an isolated call that an isolation thread runs.
    pub(crate) is_part: bool,
    /// The current-thread runtime that the calling thread drives, and so blocks.
    pub(crate) caller: Option<Handle>,
    /// The current-thread runtime that the user has lent to the call.
    pub(crate) lent: Option<Handle>,
    /// Whether the scheduler of its thread has kept back a wake-up of one of its future's children.
    pub(crate) has_lost: bool,
    /// When it is to be reported, unless it has ended by then.
    pub(crate) due: Option<Instant>,
}

struct Entry {
    key: u64,
    since: Instant,
    waiting: Waiting,
}

/// A call that waits, until this is dropped.
pub(crate) struct Blocked {
    thread: &'static ThreadCalls,
    key: u64,
    since: Instant,
}

/// Tells calls that wait apart.
pub(crate) type Key = (usize, u64);

/// A call that waits, seen from outside.
pub(crate) struct Seen {
    pub(crate) key: Key,
    pub(crate) waiting: Waiting,
    pub(crate) call: BlockedCall,
    /// Whether its thread is not in another call that is made inside this one.
    pub(crate) is_innermost: bool,
    /// The number of the home that its thread drives, or 0.
    pub(crate) drives_home: usize,
}

thread_local! {
    /// Those of this thread. It has no destructor, so looking at it is cheap.
    static HERE: Cell<Option<&'static ThreadCalls>> = const { Cell::new(None) };
    /// Gives them back when the thread ends.
    static LEAVE: Leave = const { Leave(Cell::new(None)) };
}

struct Leave(Cell<Option<(&'static Calls, &'static ThreadCalls)>>);

impl Drop for Leave {
    fn drop(&mut self) {
        let Some((calls, thread)) = self.0.take() else {
            return;
        };
        let _ = HERE.try_with(Cell::take);
        if thread.depth == fork::depth() {
            let left = mem::take(&mut thread.lock().thread);
            drop(left);
            calls.threads().free.push(thread);
        }
    }
}

/// Those of this process. A [`shutdown`](crate::shutdown()) leaves them as they are.
pub(crate) fn calls() -> &'static Calls {
    static CALLS: [Calls; fork::MAX_DEPTH] = [const { Calls::new() }; fork::MAX_DEPTH];
    &CALLS[fork::depth().min(fork::MAX_DEPTH - 1)]
}

/// Counts a call of this thread.
#[inline]
pub(crate) fn count(place: Place, strategy: Strategy) {
    // Not by `here`: a child of a fork may count what it has inherited, since that is only lost.
    match HERE.get() {
        Some(thread) => {
            // Nobody else writes it.
            let count = &thread.counts[place as usize][strategy as usize];
            count.store(count.load(Relaxed).wrapping_add(1), Relaxed);
        }
        None => count_first(place, strategy),
    }
}

#[cold]
fn count_first(place: Place, strategy: Strategy) {
    // Of those that are ending there may be several.
    calls().of_this_thread().counts[place as usize][strategy as usize].fetch_add(1, Relaxed);
}

impl Calls {
    const fn new() -> Self {
        Calls {
            bell: LazyLock::new(Bell::new),
            threads: Mutex::new(Threads {
                all: Vec::new(),
                free: Vec::new(),
            }),
            at_exit: OnceLock::new(),
        }
    }

    fn threads(&self) -> MutexGuard<'_, Threads> {
        self.threads.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lists a call that waits from now on, which is `since`, until what this returns is dropped.
    pub(crate) fn begin(&'static self, waiting: Waiting, since: Instant) -> Blocked {
        let thread = self.of_this_thread();
        let mut blocked = thread.lock();
        let key = blocked.next;
        blocked.next += 1;
        blocked.calls.push(Entry {
            key,
            since,
            waiting,
        });
        drop(blocked);
        Blocked { thread, key, since }
    }

    #[inline]
    fn of_this_thread(&'static self) -> &'static ThreadCalls {
        here().unwrap_or_else(|| self.join())
    }

    #[cold]
    fn join(&'static self) -> &'static ThreadCalls {
        if LEAVE.try_with(|_| ()).is_err() {
            return self.at_exit.get_or_init(|| {
                let thread = ThreadCalls::leak();
                self.threads().all.push(thread);
                thread
            });
        }
        let thread = {
            let mut threads = self.threads();
            match threads.free.pop() {
                Some(thread) => thread,
                None => {
                    let thread = ThreadCalls::leak();
                    threads.all.push(thread);
                    thread
                }
            }
        };
        thread.lock().thread = Some(thread::current());
        LEAVE.with(|leave| leave.0.set(Some((self, thread))));
        HERE.set(Some(thread));
        thread
    }

    /// Every call that waits.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        let now = Instant::now();
        let all = self.threads().all.clone();
        let mut seen = Vec::new();
        for (index, thread) in all.into_iter().enumerate() {
            let blocked = thread.lock();
            let mut inside = None;
            for (depth, entry) in blocked.calls.iter().enumerate() {
                let waiting = &entry.waiting;
                seen.push(Seen {
                    key: (index, entry.key),
                    call: BlockedCall {
                        location: waiting.site,
                        async_fn: waiting.async_fn,
                        thread: blocked.thread.clone(),
                        context: waiting.place.context(),
                        strategy: waiting.strategy,
                        age: now.saturating_duration_since(entry.since),
                        inside,
                    },
                    waiting: waiting.clone(),
                    is_innermost: depth + 1 == blocked.calls.len(),
                    drives_home: thread.drives_home.load(Relaxed),
                });
                inside = Some(waiting.site);
            }
        }
        seen
    }

    /// The calls that wait, each once.
    pub(crate) fn blocked(&self) -> Vec<BlockedCall> {
        let seen = self.seen().into_iter();
        seen.filter(|seen| !seen.waiting.is_part)
            .map(|seen| seen.call)
            .collect()
    }

    /// Changes when a call that waits is due. Returns false if it no longer waits.
    pub(crate) fn set_due(&self, (index, key): Key, due: Option<Instant>) -> bool {
        let Some(&thread) = self.threads().all.get(index) else {
            return false;
        };
        let mut blocked = thread.lock();
        let entry = blocked.calls.iter_mut().find(|entry| entry.key == key);
        entry.map(|entry| entry.waiting.due = due).is_some()
    }

    /// How many calls there have been, and how long those have waited that have ended.
    pub(crate) fn totals(&self) -> (Counts, Duration) {
        let mut counts = Counts::default();
        let mut time = Duration::ZERO;
        for thread in self.threads().all.clone() {
            for (total, here) in counts.iter_mut().zip(&thread.counts) {
                for (total, here) in total.iter_mut().zip(here) {
                    *total += here.load(Relaxed) as u64;
                }
            }
            time += thread.lock().time;
        }
        (counts, time)
    }
}

/// Those of this thread, if it has any in this process.
#[inline]
fn here() -> Option<&'static ThreadCalls> {
    let here = HERE.try_with(Cell::get).ok().flatten();
    here.filter(|thread| thread.depth == fork::depth())
}

impl ThreadCalls {
    fn leak() -> &'static Self {
        Box::leak(Box::new(ThreadCalls {
            counts: Default::default(),
            drives_home: AtomicUsize::new(0),
            blocked: Mutex::new(BlockedHere {
                thread: None,
                calls: Vec::new(),
                next: 0,
                time: Duration::ZERO,
            }),
            depth: fork::depth(),
        }))
    }

    fn lock(&self) -> MutexGuard<'_, BlockedHere> {
        self.blocked.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Blocked {
    /// The scheduler of this thread has kept back a wake-up that the call may need, so it is due at `due`. False if it has
    /// been reported, or is due earlier.
    pub(crate) fn note_lost(&self, due: Instant) -> bool {
        let mut blocked = self.thread.lock();
        let entry = blocked.calls.iter_mut().find(|entry| entry.key == self.key);
        let Some(entry) = entry else { return false };
        entry.waiting.has_lost = true;
        let is_sooner = entry.waiting.due.is_some_and(|before| due < before);
        if is_sooner {
            entry.waiting.due = Some(due);
        }
        is_sooner
    }
}

impl Drop for Blocked {
    fn drop(&mut self) {
        if self.thread.depth != fork::depth() {
            // It is the parent's, where somebody may have had it locked.
            return;
        }
        let waited = self.since.elapsed();
        let mut blocked = self.thread.lock();
        blocked.time += waited;
        let index = blocked
            .calls
            .iter()
            .rposition(|entry| entry.key == self.key);
        let ended = index.map(|index| blocked.calls.remove(index));
        drop(blocked);
        // It may hold a runtime, which must not be dropped under a lock.
        drop(ended);
    }
}

/// This thread drives the home of that number, until this is dropped. Only threads that are in a call note it: home's own thread need not.
pub(crate) struct DrivesHome(Option<&'static ThreadCalls>);

impl DrivesHome {
    pub(crate) fn begin(number: usize) -> Self {
        let thread = here();
        if let Some(thread) = thread {
            thread.drives_home.store(number, Relaxed);
        }
        DrivesHome(thread)
    }
}

impl Drop for DrivesHome {
    fn drop(&mut self) {
        if let Some(thread) = self.0 {
            thread.drives_home.store(0, Relaxed);
        }
    }
}
