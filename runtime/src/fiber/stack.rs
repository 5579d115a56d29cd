//! The stacks of fibers.
//!
//! A stack is mapped when a fiber first needs it, has a page below it that must not be touched, and is used again by a later
//! fiber of the same thread. Nothing is locked for that, so a fork finds nothing locked. How many stacks a thread keeps
//! follows the demand: as many as have been in use at the same time since the last look but one ([`LOOK_EVERY`]). The end of the
//! thread frees them.

use corosensei::stack::{DefaultStack, Stack, StackPointer};
use std::cell::RefCell;
use std::fs;
use std::io;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};

/// With no more free stacks than that, a thread does not look at the clock.
const FEW: usize = 16;

/// How often a thread looks whether it has more stacks than it needs.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// How many mappings each stack takes: itself, and the page below it.
const MAPPINGS: usize = 2;

/// How many mappings are left to everybody else: threads, libraries, the allocator, which may end the process when it gets none.
const MAPPINGS_FOR_OTHERS: usize = 4096;

/// How many stacks there are in the process.
static MAPPED: AtomicUsize = AtomicUsize::new(0);

/// A stack that is counted.
pub(super) struct FiberStack(DefaultStack);

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
    let allowed = fs::read_to_string("/proc/sys/vm/max_map_count").ok();
    let allowed = allowed.and_then(|text| text.trim().parse::<usize>().ok());
    let limit = allowed.map_or(usize::MAX, |allowed| {
        (allowed.saturating_sub(MAPPINGS_FOR_OTHERS) / MAPPINGS).max(1)
    });
    LIMIT.store(limit, Relaxed);
    limit
}

/// The stacks of a thread.
struct Stacks {
    /// The one that was used last on top: its pages are in the caches.
    free: Vec<FiberStack>,
    in_use: usize,
    /// The most that have been in use since the last look, and between that and the one before.
    peak: usize,
    peak_before: usize,
    looked: Option<Instant>,
}

thread_local! {
    static STACKS: RefCell<Stacks> = const {
        RefCell::new(Stacks {
            free: Vec::new(),
            in_use: 0,
            peak: 0,
            peak_before: 0,
            looked: None,
        })
    };
}

/// Whether variables of this thread are gone.
#[inline]
pub(super) fn is_thread_ending() -> bool {
    STACKS.try_with(|_| ()).is_err()
}

/// A stack of at least as many bytes as `size` says, which is the same for all.
#[inline]
pub(super) fn take(size: impl FnOnce() -> usize) -> io::Result<FiberStack> {
    let free = STACKS.try_with(|stacks| stacks.borrow_mut().take());
    match free.ok().flatten() {
        Some(stack) => Ok(stack),
        None => FiberStack::map(size()).inspect_err(|_| left_for_good()),
    }
}

/// Takes a stack back, on the thread that has taken it.
#[inline]
pub(super) fn give_back(stack: FiberStack) {
    // At the end of the thread, that drops the stack.
    let superfluous = STACKS.try_with(|stacks| stacks.borrow_mut().give_back(stack));
    // Not while they are borrowed: that takes long.
    drop(superfluous);
}

/// A stack that has been taken is not to come back.
pub(super) fn left_for_good() {
    let _ = STACKS.try_with(|stacks| stacks.borrow_mut().in_use -= 1);
}

impl Stacks {
    #[inline]
    fn take(&mut self) -> Option<FiberStack> {
        self.in_use += 1;
        self.peak = self.peak.max(self.in_use);
        self.free.pop()
    }

    /// Returns those that are not needed, now and then.
    #[inline]
    fn give_back(&mut self, stack: FiberStack) -> Option<Vec<FiberStack>> {
        self.in_use -= 1;
        self.free.push(stack);
        match self.free.len() > FEW {
            true => self.superfluous(),
            false => None,
        }
    }

    #[inline(never)]
    fn superfluous(&mut self) -> Option<Vec<FiberStack>> {
        let now = Instant::now();
        match self.looked {
            Some(looked) if now.saturating_duration_since(looked) < LOOK_EVERY => None,
            _ => {
                let needed = self.peak.max(self.peak_before) - self.in_use;
                self.looked = Some(now);
                self.peak_before = self.peak;
                self.peak = self.in_use;
                Some(self.free.split_off(self.free.len().min(needed.max(FEW))))
            }
        }
    }
}
