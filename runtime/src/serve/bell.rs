//! What wakes the task that awaits: other threads ring, and the task looks whether anybody has.
//!
//! A ring sets the flag, and then wakes the waker that it finds. The task leaves its waker, and then looks at the flag. So no
//! ring is lost: if it found no waker, or an old one, the task has come to the lock after it, and so sees the flag. A poll
//! whose waker is the one before, without a ring, costs one load and no lock. `tests/model` runs this file too.

use crate::sync::{AtomicBool, Mutex, MutexGuard};
use std::sync::PoisonError;
use std::sync::atomic::Ordering::{AcqRel, Acquire};
use std::task::Waker;

pub(crate) struct Bell {
    has_rung: AtomicBool,
    task: Mutex<Option<Waker>>,
}

/// The task's side of a [`Bell`].
#[derive(Default)]
pub(crate) struct Listener {
    /// The one that it has left there.
    waker: Option<Waker>,
}

impl Bell {
    pub(crate) fn new() -> Self {
        Bell {
            has_rung: AtomicBool::new(false),
            task: Mutex::new(None),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<Waker>> {
        self.task.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Has the task look. A waker of the user's may panic, and this passes it on: the flag is set by then.
    pub(crate) fn ring(&self) {
        // Not a store, since the task may be taking the flag at this moment.
        self.has_rung.swap(true, AcqRel);
        let task = self.lock().clone();
        if let Some(task) = task {
            task.wake();
        }
    }

    /// Whether somebody has rung since the last time. From here on, whoever rings wakes `waker`.
    pub(crate) fn listen(&self, listener: &mut Listener, waker: &Waker) -> bool {
        if !matches!(&listener.waker, Some(left) if left.will_wake(waker)) {
            let (to_leave, to_keep) = (waker.clone(), waker.clone());
            let before = self.lock().replace(to_leave);
            listener.waker = Some(to_keep);
            // Not under the lock: it is the user's.
            drop(before);
        }
        self.has_rung.load(Acquire) && self.has_rung.swap(false, AcqRel)
    }
}
