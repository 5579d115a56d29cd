//! How calls pass from the threads that make them to the task that serves these, and back.
//!
//! ```text
//!              caller: posts            task: takes             task: settles
//!   caller's ───────────────▶ posted ───────────────▶ held ──────────────────────▶ caller's
//!       ▲                        │                      Done · GivenBack · Ended
//!       └── caller: withdraws ───┤
//!       └── task: leaves ────────┘
//!                 GivenBack
//! ```
//!
//! A job belongs to its caller, except from the post until its [`Ticket`] is settled, or the caller has withdrawn it. Posts,
//! takes and withdrawals are made under one lock, so each job is in one hand at a time. A task that leaves takes what is
//! posted under that lock, and from then on nobody can post. So every ticket is settled, unless the task is forgotten without
//! being dropped: then its callers wait for ever, and their stacks stay. `tests/model` runs this file too.

use crate::serve::bell::{Bell, Listener};
use crate::sync::{AtomicU8, Mutex, MutexGuard};
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use std::sync::{Arc, PoisonError};
use std::task::Waker;

/// What has become of a job.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Fate {
    /// It is done.
    Done,
    /// It is as the task has left it, begun or not, and the caller may go on with it.
    GivenBack,
    /// It can be done no more.
    Ended,
}

/// Whether the task serves.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Stage {
    Serving,
    /// The code has returned.
    Left,
    /// The future has been dropped before that.
    Cancelled,
}

/// One job, as its caller sees it while somebody else may have it.
pub(crate) struct Ticket {
    fate: AtomicU8,
    caller: Waker,
}

const OUT: u8 = 0;
const DONE: u8 = 1;
const GIVEN_BACK: u8 = 2;
const ENDED: u8 = 3;

impl Ticket {
    pub(crate) fn fate(&self) -> Option<Fate> {
        match self.fate.load(Acquire) {
            OUT => None,
            DONE => Some(Fate::Done),
            GIVEN_BACK => Some(Fate::GivenBack),
            _ => Some(Fate::Ended),
        }
    }

    /// Hands the job back. From here on it belongs to the caller.
    fn settle(&self, fate: Fate) {
        let fate = match fate {
            Fate::Done => DONE,
            Fate::GivenBack => GIVEN_BACK,
            Fate::Ended => ENDED,
        };
        self.fate.store(fate, Release);
        self.caller.wake_by_ref();
    }
}

/// A job in the hands of the task, which has to settle it.
pub(crate) struct Held<J> {
    pub(crate) job: J,
    ticket: Arc<Ticket>,
}

impl<J> Held<J> {
    pub(crate) fn settle(self, fate: Fate) {
        // What is left of it here is gone before the caller can go on.
        drop(self.job);
        self.ticket.settle(fate);
    }
}

pub(crate) struct Hub<J> {
    inbox: Mutex<Inbox<J>>,
    /// That of the inbox, for those who only ask.
    stage: AtomicU8,
    bell: Bell,
}

struct Inbox<J> {
    posted: Vec<Held<J>>,
    stage: Stage,
}

impl<J> Hub<J> {
    pub(crate) fn new() -> Self {
        Hub {
            inbox: Mutex::new(Inbox {
                posted: Vec::new(),
                stage: Stage::Serving,
            }),
            stage: AtomicU8::new(Stage::Serving as u8),
            bell: Bell::new(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inbox<J>> {
        self.inbox.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn stage(&self) -> Stage {
        match self.stage.load(Relaxed) {
            stage if stage == Stage::Serving as u8 => Stage::Serving,
            stage if stage == Stage::Left as u8 => Stage::Left,
            _ => Stage::Cancelled,
        }
    }

    /// The caller's side: posts a job. `caller` is woken when it is settled. If the task does not serve, nobody has it.
    pub(crate) fn post(&self, job: J, caller: &Waker) -> Result<Arc<Ticket>, Stage> {
        let ticket = Arc::new(Ticket {
            fate: AtomicU8::new(OUT),
            caller: caller.clone(),
        });
        let mut inbox = self.lock();
        if inbox.stage != Stage::Serving {
            return Err(inbox.stage);
        }
        inbox.posted.push(Held {
            job,
            ticket: Arc::clone(&ticket),
        });
        Ok(ticket)
    }

    /// Has the task look at what has been posted. It may panic, as the task's waker may.
    pub(crate) fn ring(&self) {
        self.bell.ring();
    }

    /// The caller's side: takes a job back that the task has not taken. Else it returns false.
    pub(crate) fn withdraw(&self, ticket: &Arc<Ticket>) -> bool {
        let mut inbox = self.lock();
        let posted = &mut inbox.posted;
        let is_it = |held: &Held<J>| Arc::ptr_eq(&held.ticket, ticket);
        let index = posted.iter().position(is_it);
        index.map(|index| posted.remove(index)).is_some()
    }

    /// The task's side: appends what has been posted since the last time. It is woken by `waker` when there is more.
    pub(crate) fn take(&self, listener: &mut Listener, waker: &Waker, held: &mut Vec<Held<J>>) {
        if self.bell.listen(listener, waker) {
            held.append(&mut self.lock().posted);
        }
    }

    /// The task's side: serves no more. Returns what has been posted, to be settled.
    pub(crate) fn leave(&self, stage: Stage) -> Vec<Held<J>> {
        let mut inbox = self.lock();
        inbox.stage = stage;
        self.stage.store(stage as u8, Relaxed);
        std::mem::take(&mut inbox.posted)
    }
}
