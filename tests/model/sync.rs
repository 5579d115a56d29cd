//! What the model checker puts in place of `runtime/src/sync.rs`.
//!
//! # Atomics
//!
//! loom explores which of the stored values a load may see, but it takes a `SeqCst` access for `AcqRel`, and lets a
//! `compare_exchange` that fails see the newest value only. So:
//!
//! - A `SeqCst` load or store is a read-modify-write, which sees the newest value. For an atomic that is only accessed
//!   with `SeqCst`, that is what the single total order of such accesses comes to. For one that is not, a weaker access
//!   still sees old values.
//! - A `compare_exchange` may fail by what a load with its second ordering sees.
//!
//! Any other read-modify-write sees the newest value with whatever ordering, and stays in its place. So it is not found if one
//! that has to come before a look at something else, such as the count of those who wait, has too weak an ordering for that.
//!
//! # `Mutex` and `Condvar`
//!
//! loom's own hold a mutex of std, which counts as poisoned when one modelled thread panics while another holds it (they
//! all are coroutines of one thread). These are made of an atomic and loom's `park`, and never poisoned, as the code
//! under test ignores poisoning anyway.
//!
//! When a wait with a timeout ends is told in [`clock`].

use crate::clock;
pub(crate) use loom::sync::atomic::AtomicBool;
use loom::thread::{self, Thread};
use std::mem;
use std::ops::{Deref, DerefMut};
use std::sync::atomic::Ordering::{self, Acquire, Relaxed, Release, SeqCst};
use std::sync::{LockResult, PoisonError};
use std::time::Duration;

macro_rules! atomic {
    ($Atomic:ident, $Int:ty) => {
        pub(crate) struct $Atomic(loom::sync::atomic::$Atomic);

        #[allow(dead_code, reason = "not all are used with every type")]
        impl $Atomic {
            pub(crate) fn new(value: $Int) -> Self {
                Self(loom::sync::atomic::$Atomic::new(value))
            }

            pub(crate) fn load(&self, order: Ordering) -> $Int {
                match order {
                    SeqCst => self.0.fetch_add(0, Acquire),
                    weaker => self.0.load(weaker),
                }
            }

            pub(crate) fn store(&self, value: $Int, order: Ordering) {
                match order {
                    SeqCst => {
                        self.0.swap(value, Release);
                    }
                    weaker => self.0.store(value, weaker),
                }
            }

            pub(crate) fn swap(&self, value: $Int, order: Ordering) -> $Int {
                self.0.swap(value, order)
            }

            pub(crate) fn fetch_add(&self, value: $Int, order: Ordering) -> $Int {
                self.0.fetch_add(value, order)
            }

            pub(crate) fn fetch_sub(&self, value: $Int, order: Ordering) -> $Int {
                self.0.fetch_sub(value, order)
            }

            pub(crate) fn compare_exchange(
                &self,
                current: $Int,
                new: $Int,
                success: Ordering,
                failure: Ordering,
            ) -> Result<$Int, $Int> {
                if failure != SeqCst {
                    let seen = self.0.load(failure);
                    if seen != current {
                        return Err(seen);
                    }
                }
                self.0.compare_exchange(current, new, success, failure)
            }
        }
    };
}

atomic!(AtomicU8, u8);
atomic!(AtomicU32, u32);
atomic!(AtomicUsize, usize);

pub(crate) struct Mutex<T> {
    locked: AtomicBool,
    blocked: Threads,
    value: std::sync::Mutex<T>,
}

pub(crate) struct MutexGuard<'a, T> {
    mutex: &'a Mutex<T>,
    /// Gone while it is being dropped.
    value: Option<std::sync::MutexGuard<'a, T>>,
}

impl<T> Mutex<T> {
    pub(crate) fn new(value: T) -> Self {
        Mutex {
            locked: AtomicBool::new(false),
            blocked: Threads::default(),
            value: std::sync::Mutex::new(value),
        }
    }

    pub(crate) fn lock(&self) -> LockResult<MutexGuard<'_, T>> {
        while self
            .locked
            .compare_exchange(false, true, Acquire, Relaxed)
            .is_err()
        {
            self.blocked.add_current();
            thread::park();
        }
        Ok(MutexGuard {
            mutex: self,
            value: Some(unpoisoned(&self.value)),
        })
    }
}

impl<T> Deref for MutexGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.value.as_ref().expect("it is not being dropped")
    }
}

impl<T> DerefMut for MutexGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        self.value.as_mut().expect("it is not being dropped")
    }
}

impl<T> Drop for MutexGuard<'_, T> {
    fn drop(&mut self) {
        self.value = None;
        self.mutex.locked.store(false, Release);
        self.mutex.blocked.wake_all();
    }
}

pub(crate) struct Condvar {
    /// Changed by all who touch `asleep`, for loom to see that they depend on each other.
    touched: AtomicBool,
    asleep: Threads,
}

impl Condvar {
    pub(crate) fn new() -> Self {
        Condvar {
            touched: AtomicBool::new(false),
            asleep: Threads::default(),
        }
    }

    pub(crate) fn wait<'a, T>(&self, guard: MutexGuard<'a, T>) -> LockResult<MutexGuard<'a, T>> {
        self.wait_timeout(guard, Duration::MAX)
    }

    pub(crate) fn wait_timeout<'a, T>(
        &self,
        guard: MutexGuard<'a, T>,
        timeout: Duration,
    ) -> LockResult<MutexGuard<'a, T>> {
        let mutex = guard.mutex;
        self.touched.swap(true, Relaxed);
        if timeout < Duration::MAX && !clock::is_stopped() {
            // That it may be notified first makes no difference: then the timeout passes at that moment.
            drop(guard);
            clock::pass();
        } else {
            self.asleep.add_current();
            if timeout < Duration::MAX {
                clock::sleep();
            }
            drop(guard);
            // Returns at once if notified since.
            thread::park();
            self.asleep.remove_current();
        }
        mutex.lock()
    }

    pub(crate) fn notify_one(&self) {
        self.touched.swap(true, Relaxed);
        self.asleep.wake_one();
    }
}

/// Threads that are parked, or about to.
///
/// loom switches threads only at its own operations, so what a thread does here is one step with the operation before.
#[derive(Default)]
struct Threads(std::sync::Mutex<Vec<Thread>>);

impl Threads {
    fn add_current(&self) {
        unpoisoned(&self.0).push(thread::current());
    }

    fn remove_current(&self) {
        let current = thread::current().id();
        unpoisoned(&self.0).retain(|thread| thread.id() != current);
    }

    fn wake_one(&self) {
        let mut threads = unpoisoned(&self.0);
        if !threads.is_empty() {
            threads.remove(0).unpark();
        }
    }

    fn wake_all(&self) {
        for thread in mem::take(&mut *unpoisoned(&self.0)) {
            thread.unpark();
        }
    }
}

/// Locks what no modelled thread holds on to when loom switches to another.
pub(crate) fn unpoisoned<T>(mutex: &std::sync::Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
