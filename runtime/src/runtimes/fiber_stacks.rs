//! The stacks of fibers.
//!
//! A stack is mapped when a fiber first needs it, has a page below it that must not be touched, and is used again by later fibers.
//! Each thread keeps a few free ones for itself; what is beyond is for all threads. Nobody waits for the lock of those: who
//! finds it taken, as the child of a fork may do for ever, does without.
//!
//! How many are kept follows the demand: those that nobody has needed from one look to the next are freed. It looks who ends a
//! fiber, now and then ([`LOOK_EVERY`]), and a fiber thread that has nothing else to do.

use corosensei::stack::{DefaultStack, Stack, StackPointer};
use std::cell::RefCell;
use std::fs;
use std::io;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Mutex, MutexGuard, TryLockError};
use std::thread;
use std::time::{Duration, Instant};

/// How many free stacks a thread keeps for itself at most.
const OWN: usize = 32;

/// How many it gives to others, or takes from them, at a time.
const BATCH: usize = OWN / 2;

/// How often that is: so long, and so many fibers of a thread, apart at least. The stacks of bursts that come every few seconds are
/// kept: mapping takes longer than all else that a fiber needs.
const LOOK_EVERY: (Duration, u8) = (Duration::from_secs(5), 64);

/// How many mappings each stack takes: itself, and the page below it.
const MAPPINGS: usize = 2;

/// How many mappings Linux allows a process by default.
const USUAL_MAPPINGS: usize = 65_530;

/// How many mappings are left to everybody else: threads, libraries, the allocator, which may end the process when it gets none.
const MAPPINGS_FOR_OTHERS: usize = 4096;

/// How many stacks there are in the process.
static MAPPED: AtomicUsize = AtomicUsize::new(0);

/// A stack that is counted.
pub(crate) struct FiberStack(DefaultStack);

// SAFETY: it is a `DefaultStack`, which is what the trait asks for.
unsafe impl Stack for FiberStack {
    #[inline]
    fn base(&self) -> StackPointer {
        self.0.base()
    }

    #[inline]
    fn limit(&self) -> StackPointer {
        self.0.limit()
    }

    #[cfg(windows)]
    fn teb_fields(&self) -> corosensei::stack::StackTebFields {
        self.0.teb_fields()
    }

    #[cfg(windows)]
    fn update_teb_fields(&mut self, stack_limit: usize, guaranteed_stack_bytes: usize) {
        self.0
            .update_teb_fields(stack_limit, guaranteed_stack_bytes);
    }
}

impl FiberStack {
    fn map(size: usize) -> io::Result<Self> {
        if MAPPED.fetch_add(1, Relaxed) >= limit() {
            MAPPED.fetch_sub(1, Relaxed);
            return Err(io::Error::other(format!(
                "{} fibers have one, and `vm.max_map_count` allows this process not many more memory mappings, of which \
                 each stack takes {MAPPINGS}",
                limit()
            )));
        }
        DefaultStack::new(size)
            .map(FiberStack)
            .inspect_err(|_| _ = MAPPED.fetch_sub(1, Relaxed))
    }
}

impl Drop for FiberStack {
    fn drop(&mut self) {
        MAPPED.fetch_sub(1, Relaxed);
    }
}

/// How many stacks there may be. Only Linux limits the number of mappings.
fn limit() -> usize {
    static LIMIT: AtomicUsize = AtomicUsize::new(0);
    let known = LIMIT.load(Relaxed);
    if known > 0 {
        return known;
    }
    let of = |allowed: usize| (allowed.saturating_sub(MAPPINGS_FOR_OTHERS) / MAPPINGS).max(1);
    let limit = match fs::read_to_string("/proc/sys/vm/max_map_count") {
        Ok(text) => text.trim().parse().map_or(usize::MAX, of),
        // No descriptor may be free now, and one later.
        Err(_) if cfg!(target_os = "linux") => return of(USUAL_MAPPINGS),
        Err(_) => usize::MAX,
    };
    LIMIT.store(limit, Relaxed);
    limit
}

/// Free stacks that no thread keeps for itself.
struct Free {
    stacks: Vec<FiberStack>,
    /// How many of them nobody has needed since the last look.
    unneeded: usize,
    looked: Option<Instant>,
}

static FREE: Mutex<Free> = Mutex::new(Free {
    stacks: Vec::new(),
    unneeded: 0,
    looked: None,
});

/// Those for all threads, unless somebody is at work on them.
fn free() -> Option<MutexGuard<'static, Free>> {
    match FREE.try_lock() {
        Ok(free) => Some(free),
        Err(TryLockError::Poisoned(free)) => Some(free.into_inner()),
        Err(TryLockError::WouldBlock) => None,
    }
}

impl Free {
    /// Takes as many as there are, but no more than `count`: those that were used last.
    fn take(&mut self, count: usize) -> impl Iterator<Item = FiberStack> {
        let rest = self.stacks.len().saturating_sub(count);
        self.unneeded = self.unneeded.min(rest);
        self.stacks.drain(rest..)
    }

    /// Returns those that nobody needs, now and then: those that were used first.
    fn look(&mut self) -> Vec<FiberStack> {
        let now = Instant::now();
        match self.looked {
            Some(looked) if now.saturating_duration_since(looked) < LOOK_EVERY.0 => Vec::new(),
            _ => {
                self.looked = Some(now);
                let unneeded = self.stacks.drain(..self.unneeded).collect();
                self.unneeded = self.stacks.len();
                unneeded
            }
        }
    }
}

/// Free stacks that a thread keeps for itself.
struct Own {
    /// The one that was used last on top: its pages are in the caches.
    stacks: Vec<FiberStack>,
    /// How many have come back since the last look.
    since_look: u8,
}

thread_local! {
    static STACKS: RefCell<Own> = const {
        RefCell::new(Own {
            stacks: Vec::new(),
            since_look: 0,
        })
    };
}

/// Whether variables of this thread are gone.
#[inline]
pub(crate) fn is_thread_ending() -> bool {
    STACKS.try_with(|_| ()).is_err()
}

/// A stack of at least as many bytes as `size` says, which is the same for all.
#[inline]
pub(crate) fn take(size: impl FnOnce() -> usize) -> io::Result<FiberStack> {
    let own = STACKS.try_with(|own| own.borrow_mut().take());
    match own.ok().flatten() {
        Some(stack) => Ok(stack),
        None => map_or_wait(size()),
    }
}

#[cold]
fn map_or_wait(size: usize) -> io::Result<FiberStack> {
    FiberStack::map(size).or_else(|error| wait_for_free().ok_or(error))
}

/// Frees what nobody needs, for a thread that has nothing else to do. Returns when to look again, if there is anything left.
pub(super) fn look() -> Option<Duration> {
    let mut free = free()?;
    if free.stacks.is_empty() {
        return None;
    }
    let unneeded = free.look();
    drop(free);
    drop(unneeded);
    Some(LOOK_EVERY.0)
}

/// Frees those that no thread keeps for itself.
pub(super) fn release() {
    let stacks = free().map(|mut free| std::mem::take(&mut free.stacks));
    drop(stacks);
}

/// Where no more can be mapped, those for all threads are worth a short wait.
fn wait_for_free() -> Option<FiberStack> {
    for _ in 0..100 {
        if let Some(mut free) = free() {
            return free.take(1).next();
        }
        thread::yield_now();
    }
    None
}

/// Takes a stack back.
#[inline]
pub(crate) fn give_back(stack: FiberStack) {
    // At the end of the thread, that drops the stack.
    let is_time = STACKS.try_with(|own| own.borrow_mut().give_back(stack));
    if is_time == Ok(true) {
        share();
    }
}

/// Gives what is too much for this thread to all, and frees what nobody needs.
#[cold]
fn share() {
    let unneeded = STACKS.try_with(|own| own.borrow_mut().share());
    // Not while they are borrowed: that takes long.
    drop(unneeded);
}

impl Own {
    #[inline]
    fn take(&mut self) -> Option<FiberStack> {
        if self.stacks.is_empty() {
            self.fetch();
        }
        self.stacks.pop()
    }

    #[cold]
    fn fetch(&mut self) {
        if let Some(mut free) = free() {
            self.stacks.extend(free.take(BATCH));
        }
    }

    /// Says whether it is time to [`share`](Own::share).
    #[inline]
    fn give_back(&mut self, stack: FiberStack) -> bool {
        self.stacks.push(stack);
        self.since_look += 1;
        self.stacks.len() > OWN || self.since_look >= LOOK_EVERY.1
    }

    /// Returns those that nobody needs.
    fn share(&mut self) -> Vec<FiberStack> {
        self.since_look = 0;
        let Some(mut free) = free() else {
            return Vec::new();
        };
        if self.stacks.len() > OWN {
            let beyond = self.stacks.len() - BATCH;
            free.stacks.extend(self.stacks.drain(..beyond));
        }
        free.look()
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        if let Some(mut free) = free() {
            free.stacks.append(&mut self.stacks);
        }
    }
}
