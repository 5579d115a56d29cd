//! Who drives the runtimes of threads while these do something else.
//!
//! One *steward* looks after the [seats](super::seat) of all of them, every few milliseconds as long as some are in use. One in which
//! nobody has driven from one look to the next gets a keeper: a thread that drives it until its owner claims it. So
//! somebody drives at most two looks after the owner has left, and an owner that makes one call after the other meets
//! neither of them.
//!
//! ```text
//!   LISTED ──▶ WATCHED      one caller has driven from one look to the next, and rings when it leaves
//!   LISTED ──▶ KEPT         nobody has driven, or somebody waits who may not: a keeper is on its way
//!   WATCHED, KEPT ──▶ LISTED     the caller has left; the keeper has left
//! ```
//!
//! A seat is always in one of the three, from its runtime's beginning to its end, so it is never without a driver for
//! long. It leaves the list *before* the steward changes the seat to `WATCHED`: whoever rings after that puts it back. It
//! counts as kept before it leaves the list, and a keeper rings when it no longer does, whatever it has found.
//!
//! `tests/model` runs this file, too.

use super::seat::{Found, Looked, Seat};
use crate::park::parker::Parker;
use crate::sync::{AtomicU8, AtomicU32, Mutex, MutexGuard};
use std::mem;
use std::sync::atomic::Ordering::{Relaxed, SeqCst};
use std::sync::{Arc, PoisonError, Weak};
use std::task::{Wake, Waker};

/// What is known of one seat.
pub(super) struct Ward {
    /// With this its keeper drives.
    parker: Parker,
    /// 1 while the steward has it on the list.
    listed: AtomicU8,
    /// 1 while a keeper has it, or is on its way.
    kept: AtomicU8,
    /// The seat's [calls](Seat::calls) up to which one has been sent.
    answered: AtomicU32,
}

impl Ward {
    pub(super) fn new(parker: Parker) -> Self {
        Ward {
            parker,
            listed: AtomicU8::new(0),
            kept: AtomicU8::new(0),
            answered: AtomicU32::new(0),
        }
    }

    pub(super) fn parker(&self) -> &Parker {
        &self.parker
    }
}

/// What has a seat that a steward looks after.
pub(super) trait Kept: Send + Sync + 'static {
    fn seat(&self) -> &Seat;

    fn ward(&self) -> &Ward;
}

pub(super) struct Steward<K> {
    /// Those that have come on the list since the last look.
    rung: Mutex<Vec<Arc<K>>>,
    waker: Waker,
    /// 1 when it is to end.
    closed: AtomicU8,
}

impl<K: Kept> Steward<K> {
    /// `waker` is that of the parker by which it [rests](Steward::run).
    pub(super) fn new(waker: Waker) -> Self {
        Steward {
            rung: Mutex::new(Vec::new()),
            waker,
            closed: AtomicU8::new(0),
        }
    }

    fn rung(&self) -> MutexGuard<'_, Vec<Arc<K>>> {
        self.rung.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_closed(&self) -> bool {
        self.closed.load(SeqCst) != 0
    }

    /// Has it look after this one, which is neither watched nor kept.
    pub(super) fn ring(&self, kept: &Arc<K>) {
        if kept.ward().listed.swap(1, SeqCst) == 0 {
            let mut rung = self.rung();
            // Who closes it after this look finds the seat there.
            if self.is_closed() {
                return;
            }
            rung.push(Arc::clone(kept));
        }
        self.waker.wake_by_ref();
    }

    /// The waker for the home thread of a seat.
    pub(super) fn bell(self: &Arc<Self>, kept: Weak<K>) -> Waker {
        Waker::from(Arc::new(Bell {
            steward: Arc::clone(self),
            kept,
        }))
    }

    /// Ends it. It is to look after none any more, and holds on to none.
    pub(super) fn close(&self) {
        self.closed.store(1, SeqCst);
        self.waker.wake_by_ref();
        drop(mem::take(&mut *self.rung()));
    }

    /// Runs the steward. `rest` sleeps until it is woken or the next look is due, which it is never if none is listed, and
    /// returns whether it is. `send_keeper` has a thread call [`keep`](Steward::keep) soon.
    pub(super) fn run(&self, mut rest: impl FnMut(bool) -> bool, send_keeper: impl Fn(Arc<K>)) {
        let mut listed: Vec<(Arc<K>, Looked)> = Vec::new();
        loop {
            let is_due = rest(!listed.is_empty());
            if self.is_closed() {
                return;
            }
            let rung = mem::take(&mut *self.rung());
            listed.extend(rung.into_iter().map(|kept| (kept, Looked::default())));
            listed.retain_mut(|(kept, looked)| self.attend(kept, is_due, looked, &send_keeper));
        }
    }

    /// Looks after one of those that are listed, and returns whether it still is.
    #[expect(clippy::unused_self, reason = "it is the steward that attends")]
    fn attend(
        &self,
        kept: &Arc<K>,
        is_due: bool,
        looked: &mut Looked,
        send_keeper: &impl Fn(Arc<K>),
    ) -> bool {
        let (seat, ward) = (kept.seat(), kept.ward());
        if seat.is_closed() {
            // Nobody can drive it.
            ward.listed.store(0, SeqCst);
            return false;
        }
        if ward.kept.load(SeqCst) == 1 {
            // Who has rung did not know that yet. The keeper rings when it leaves, and may just do so.
            ward.listed.store(0, SeqCst);
            return ward.kept.load(SeqCst) == 0 && ward.listed.swap(1, SeqCst) == 0;
        }
        let calls = seat.calls();
        let is_wanted = calls != ward.answered.load(Relaxed);
        let found = match is_due {
            true => seat.look(looked),
            false => Found::Busy,
        };
        match found {
            _ if is_wanted => {}
            Found::Idle => {}
            Found::Driven => {
                ward.listed.store(0, SeqCst);
                return !seat.watch_driver() && ward.listed.swap(1, SeqCst) == 0;
            }
            Found::Busy => return true,
        }
        ward.answered.store(calls, Relaxed);
        ward.kept.store(1, SeqCst);
        ward.listed.store(0, SeqCst);
        send_keeper(Arc::clone(kept));
        false
    }

    /// What a keeper does: sits in the seat, if that is free, until it is claimed. `drive` returns when the ward's parker
    /// is woken.
    pub(super) fn keep(&self, kept: &Arc<K>, drive: impl Fn()) {
        kept.seat().sit(drive);
        self.leave(kept);
    }

    /// No keeper has it any more.
    pub(super) fn leave(&self, kept: &Arc<K>) {
        kept.ward().kept.store(0, SeqCst);
        self.ring(kept);
    }
}

/// Wakes the keeper of a seat, if it has one, else the steward.
struct Bell<K> {
    steward: Arc<Steward<K>>,
    kept: Weak<K>,
}

impl<K: Kept> Wake for Bell<K> {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        let Some(kept) = self.kept.upgrade() else {
            return;
        };
        let ward = kept.ward();
        // One that is leaving rings after this.
        if ward.kept.load(SeqCst) == 0 {
            self.steward.ring(&kept);
        } else {
            ward.parker.waker().wake_by_ref();
        }
    }
}
