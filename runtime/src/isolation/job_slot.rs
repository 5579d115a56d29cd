//! How a job passes from a caller to an isolation thread and back.
//!
//! ```text
//!          caller: lends a job           thread: takes it           thread: has returned from it
//!   Idle ─────────────────────▶ Lent ───────────────────▶ Running ───────────────────────────▶ Done
//!     ▲                                                                                          │
//!     └───────────────────────────────── caller: has seen it ────────────────────────────────────┘
//! ```
//!
//! A job belongs to the caller, except between `take` and `finish`. The caller lends it, and does not go on until it has
//! seen it done. All changes are made under the lock, and whoever acts next is woken after that, so no wake-up is lost.
//! `tests/model` runs this file too.

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

    /// The caller's side: lends a job to an idle thread. `caller` is woken when the job is done.
    pub(crate) fn lend(&self, job: J, caller: &Waker) {
        {
            let mut shared = self.lock();
            shared.state = State::Lent(job);
            shared.caller = Some(caller.clone());
        }
        // If we woke the thread under the lock, it would only have to wait for that.
        self.thread.wake_by_ref();
    }

    /// The caller's side: whether the job is done. If so, the thread is idle again.
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

    /// The thread's side: the job is done. From here on it belongs to the caller again.
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
