//! Who looks after calls that wait, and when.
//!
//! A *watcher* does, on a thread that is there only while calls wait. It sleeps until the first of them is due. A call that
//! begins to wait looks whether the watcher will be awake when it is due, and *rings* only if not. With calls that come one
//! after the other, that is rare: about once for as long as a call may wait.
//!
//! ```text
//!            a call rings: starts a watcher                a call rings: wakes it
//!   Nobody ─────────────────────────────────▶ Watching ◀───────────────────────────┐
//!     ▲                                          │  its look finds no call that waits  │
//!     └───── no call has rung for [`IDLE`] ──────┴─────────────────────────────────────┘
//! ```
//!
//! No call is left out. It is on the list before it looks at `next`. The watcher sets `next` to [`FAR`] before it looks at
//! the list. Both take the list's lock, so either the watcher finds the call, or the call finds `FAR`, and rings.
//! `tests/model` runs this file too.

use crate::sync::{AtomicUsize, Condvar, Mutex, MutexGuard};
use std::sync::PoisonError;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

/// Times are counted in these.
pub(crate) const TICK: Duration = Duration::from_millis(10);

/// No time at all.
pub(crate) const FAR: usize = usize::MAX;

/// How long a watcher stays that has nothing to look after.
const IDLE: usize = 1000;

pub(crate) struct Bell {
    /// When the watcher next looks by itself, for calls to read without the lock.
    next: AtomicUsize,
    state: Mutex<State>,
    rung: Condvar,
}

struct State {
    is_watched: bool,
    /// Whether the watcher is to leave at once.
    is_ending: bool,
    next: usize,
}

impl Bell {
    pub(crate) fn new() -> Self {
        Bell {
            next: AtomicUsize::new(FAR),
            state: Mutex::new(State {
                is_watched: false,
                is_ending: false,
                next: FAR,
            }),
            rung: Condvar::new(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set_next(&self, state: &mut State, next: usize) {
        state.next = next;
        self.next.store(next, Relaxed);
    }

    /// Sees to it that somebody looks at `due`. True if the caller has to start the watcher.
    #[must_use]
    pub(crate) fn ring(&self, due: usize) -> bool {
        if self.next.load(Relaxed) <= due {
            return false;
        }
        let mut state = self.lock();
        if state.next > due {
            self.set_next(&mut state, due);
        }
        if state.is_watched {
            self.rung.notify_one();
            return false;
        }
        state.is_watched = true;
        true
    }

    /// No watcher could be started. The next call tries again.
    pub(crate) fn give_up(&self) {
        let mut state = self.lock();
        state.is_watched = false;
        self.set_next(&mut state, FAR);
    }

    /// Ends the watcher, if there is one. The next call that rings starts another, which looks after all.
    pub(crate) fn end(&self) {
        let mut state = self.lock();
        if state.is_watched {
            state.is_ending = true;
            self.rung.notify_one();
        }
    }

    /// Watches: calls `look` whenever it is time by the `clock`. That says when to look again. Returns when nobody has rung
    /// for a while.
    pub(crate) fn watch(&self, clock: impl Fn() -> usize, mut look: impl FnMut() -> usize) {
        let mut state = self.lock();
        loop {
            let idle_until = clock().saturating_add(IDLE);
            loop {
                if state.is_ending {
                    state.is_watched = false;
                    state.is_ending = false;
                    self.set_next(&mut state, FAR);
                    return;
                }
                let is_idle = state.next == FAR;
                let until = if is_idle { idle_until } else { state.next };
                let Some(ticks) = until.checked_sub(clock()).filter(|&ticks| ticks > 0) else {
                    if is_idle {
                        state.is_watched = false;
                        return;
                    }
                    break;
                };
                let pause = TICK.saturating_mul(u32::try_from(ticks).unwrap_or(u32::MAX));
                drop(self.rung.wait_timeout(state, pause));
                state = self.lock();
            }
            self.set_next(&mut state, FAR);
            drop(state);
            let next = look();
            state = self.lock();
            let next = next.min(state.next);
            self.set_next(&mut state, next);
        }
    }
}
