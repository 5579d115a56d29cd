//! Where a job changes hands between a caller and an isolation thread.
//!
//! ```text
//!          caller: lends a job           thread: takes it           thread: has returned from it
//!   Idle ─────────────────────▶ Lent ───────────────────▶ Running ───────────────────────────▶ Done
//!     ▲                                                                                          │
//!     └───────────────────────────────── caller: has seen it ────────────────────────────────────┘
//! ```
//!
//! A job is the caller's, but for the time between `take` and `finish`. The caller lends it, and does not go on before
//! it has seen it done. All changes are made with the lock held, and whoever is to act next is woken
//! after it, so no wake-up is lost: `tests/model` runs this file too.

use crate::sync::{Mutex, MutexGuard};
use std::mem;
use std::sync::PoisonError;
use std::task::Waker;

pub(crate) struct JobSlot<J> {
    shared: Mutex<Shared<J>>,
    /// Wakes the thread, to look for a job.
    thread: Waker,
}

struct Shared<J> {
    state: State<J>,
    /// Wakes the caller at the end of its job.
    caller: Option<Waker>,
}

enum State<J> {
    Idle,
    Lent(J),
    Running,
    Done,
}

impl<J> JobSlot<J> {
    pub(crate) fn new(thread: Waker) -> Self {
        JobSlot {
            shared: Mutex::new(Shared {
                state: State::Idle,
                caller: None,
            }),
            thread,
        }
    }

    fn lock(&self) -> MutexGuard<'_, Shared<J>> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The caller's side: lends a job to a thread that has none. `caller` is woken at its end.
    pub(crate) fn lend(&self, job: J, caller: &Waker) {
        {
            let mut shared = self.lock();
            shared.state = State::Lent(job);
            shared.caller = Some(caller.clone());
        }
        // Woken with the slot still locked, the thread would only run into the lock.
        self.thread.wake_by_ref();
    }

    /// The caller's side: whether the job is done. Once it has been seen, the thread has none.
    pub(crate) fn is_done(&self) -> bool {
        let mut shared = self.lock();
        let is_done = matches!(shared.state, State::Done);
        if is_done {
            shared.state = State::Idle;
        }
        is_done
    }

    /// The thread's side: takes the job, if one has been lent.
    pub(crate) fn take(&self) -> Option<J> {
        let mut shared = self.lock();
        match mem::replace(&mut shared.state, State::Running) {
            State::Lent(job) => Some(job),
            other => {
                shared.state = other;
                None
            }
        }
    }

    /// The thread's side: says that the job has been done. From here on it is the caller's again.
    pub(crate) fn finish(&self) {
        let caller = {
            let mut shared = self.lock();
            shared.state = State::Done;
            shared.caller.take()
        };
        if let Some(caller) = caller {
            caller.wake();
        }
    }
}
