//! Who drives the home runtime.
//!
//! There is one *seat*. Whoever has it runs the runtime's `block_on`; everybody else parks. A caller takes it while
//! it waits. The *home thread* takes it when nobody else does.
//!
//! ```text
//!   FREE ◀──────▶ HOME          the home thread sits down, and leaves when a caller claims the seat
//!   FREE ◀──────▶ CALLER        a caller sits down for one wait
//!                 CALLER ─▶ WATCHED ─▶ FREE      the same; the home thread sleeps until that caller leaves
//! ```
//!
//! - A caller that finds the seat `FREE` takes it, with no switch to another thread. One that finds it taken parks.
//! - A caller that leaves the seat wakes the home thread if others wait ([`Seat::leave`]), or if the home thread
//!   watches. The home thread then keeps the seat: passing it from waiter to waiter would cost more than one
//!   thread that drives for all.
//! - After a streak of waits with nobody else waiting, a caller *claims* the seat: the home thread leaves it.
//! - Without the seat, the home thread looks every [`LOOK`]. If nobody has driven since the last look, it takes the
//!   seat. If somebody is driving at that moment, it sleeps until they have left. So somebody drives at most two
//!   looks after the last driver left, and a lone caller in a loop wakes the home thread only once per look.
//!
//! Nobody waits without a driver. A caller counts itself in `waiting` before it looks at the seat, and one that leaves
//! frees the seat before it looks at `waiting`. Both orders are sequentially consistent, so either the newcomer finds
//! the seat free, or the leaver finds the newcomer and wakes the home thread. A claim that nobody takes up, because its
//! caller was woken meanwhile, costs at most two looks.
//!
//! When the runtime's driver has panicked, nobody can drive it any more, and the seat is *closed*: all who wait return, and
//! so does the home thread. A caller that waits longer than [`DOZE`](crate::park::parker) is on a list for that. Before that
//! it looks by itself.
//!
//! The runtime of a thread ([`per_thread`](super::per_thread)) has a seat too, and no home thread of its own. There one
//! [`steward`](super::steward) looks after all seats, and gives one that nobody drives a *keeper*, which sits down as
//! [`HOME`] and goes away when the seat is claimed.
//!
//! All this is model-checked, together with the parker: `tests/model` runs this file in every order of its threads, up to a
//! number of preemptions.

use crate::fork;
use crate::park::parker::Parker;
use crate::sync::{AtomicU8, AtomicU32, AtomicUsize, Mutex, MutexGuard};
use std::collections::BTreeMap;
use std::mem;
use std::num::NonZero;
use std::sync::PoisonError;
use std::sync::atomic::Ordering::{Relaxed, SeqCst};
use std::task::Waker;
use std::thread;
use std::time::Duration;

/// How often the home thread looks whether somebody drives. The longest time without a driver is twice this.
const LOOK: Duration = Duration::from_micros(1500);

/// How many waits in a row, with nobody else waiting, let a caller claim the seat from the home thread.
const LONELY_WAITS: u32 = 8;

/// With so many waiting callers per core, a caller yields to the others before it sleeps. When it runs again it has often
/// been woken, which saves two system calls and a thread switch. With fewer callers it has not, and sleeps after all: on one
/// core, 32 callers need 20 % more time for it, 64 as much, 128 a third less.
const CROWD_PER_CORE: usize = 48;

const FREE: u8 = 0;
const HOME: u8 = 1;
const CALLER: u8 = 2;
const WATCHED: u8 = 3;

pub(super) struct Seat {
    state: AtomicU8,
    /// Callers that wait, the one in the seat included.
    waiting: AtomicUsize,
    /// How often a caller has left the seat.
    drives: AtomicU32,
    /// How often others were still waiting at that moment, or somebody has come who may not drive.
    calls: AtomicU32,
    /// How many waits in a row began with nobody else waiting.
    lonely: AtomicU32,
    /// Wakes the caller that has claimed the seat, once it is free.
    claim: Mutex<Option<Waker>>,
    /// Wakes the home thread.
    home: Waker,
    /// 1 when nobody can drive any more.
    closed: AtomicU8,
    sleepers: Mutex<Sleepers>,
    /// With so many callers waiting, those that park yield first.
    crowd: usize,
    /// How many forks deep the process was when it was made.
    depth: usize,
}

/// How long a caller sleeps that does not drive.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Sleep {
    UntilWoken,
    /// For no longer than [`DOZE`](crate::park::parker).
    Briefly,
}

/// What the steward has seen of a seat.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Looked {
    /// `None` before the first look.
    drives: Option<u32>,
    state: u8,
}

/// What has become of a seat since the last look.
pub(super) enum Found {
    /// Nobody has driven.
    Idle,
    /// One caller has driven all the time.
    Driven,
    /// Anything else.
    Busy,
}

/// Callers that have parked for long.
#[derive(Default)]
struct Sleepers {
    next: u64,
    wakers: BTreeMap<u64, Waker>,
}

impl Seat {
    pub(super) fn new(home: Waker) -> Self {
        Seat {
            state: AtomicU8::new(FREE),
            waiting: AtomicUsize::new(0),
            drives: AtomicU32::new(0),
            calls: AtomicU32::new(0),
            lonely: AtomicU32::new(0),
            claim: Mutex::new(None),
            home,
            closed: AtomicU8::new(0),
            sleepers: Mutex::new(Sleepers::default()),
            crowd: CROWD_PER_CORE * thread::available_parallelism().map_or(1, NonZero::get),
            depth: fork::depth(),
        }
    }

    fn claim(&self) -> MutexGuard<'_, Option<Waker>> {
        self.claim.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self, sitter: u8) -> bool {
        self.state
            .compare_exchange(FREE, sitter, SeqCst, SeqCst)
            .is_ok()
    }

    /// Waits until `parker` is woken, or wakes spuriously. If the seat is free, calls `drive`, which returns when `parker`
    /// is woken. Else it sleeps as `sleep` says.
    pub(super) fn wait(&self, parker: &Parker, sleep: Sleep, drive: impl FnOnce()) {
        let waiting = Waiting::begin(self);
        let streak = if waiting.others == 0 {
            self.lonely.fetch_add(1, Relaxed)
        } else {
            self.lonely.store(0, Relaxed);
            0
        };
        if self.take(CALLER) {
            let _seated = Seated(self);
            drive();
        } else {
            if streak >= LONELY_WAITS && self.state.load(SeqCst) == HOME {
                *self.claim() = Some(parker.waker().clone());
                self.home.wake_by_ref();
            }
            if waiting.others + 1 >= self.crowd {
                thread::yield_now();
            }
            self.sleep(parker, sleep);
        }
    }

    /// Sleeps as `sleep` says while others drive.
    pub(super) fn wait_beside(&self, parker: &Parker, sleep: Sleep) {
        let _waiting = Waiting::begin(self);
        self.lonely.store(0, Relaxed);
        if self.state.load(SeqCst) == FREE {
            self.calls.fetch_add(1, Relaxed);
            self.home.wake_by_ref();
        }
        self.sleep(parker, sleep);
    }

    /// Sleeps until `parker` is woken, or the seat is closed, or for as long as `sleep` says.
    fn sleep(&self, parker: &Parker, sleep: Sleep) {
        if parker.doze() || sleep == Sleep::Briefly {
            return;
        }
        let key = {
            let mut sleepers = self.sleepers();
            let key = sleepers.next;
            sleepers.next += 1;
            sleepers.wakers.insert(key, parker.waker().clone());
            key
        };
        // If somebody closes the seat after this look, they find the caller on the list.
        if !self.is_closed() {
            parker.park();
        }
        self.sleepers().wakers.remove(&key);
    }

    fn sleepers(&self) -> MutexGuard<'_, Sleepers> {
        self.sleepers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn is_closed(&self) -> bool {
        self.closed.load(SeqCst) != 0
    }

    /// Wakes all who wait: nobody can drive any more.
    pub(super) fn close(&self) {
        self.closed.store(1, SeqCst);
        let sleepers = mem::take(&mut self.sleepers().wakers);
        sleepers.into_values().for_each(Waker::wake);
        self.home.wake_by_ref();
    }

    fn leave(&self) {
        if self.depth != fork::depth() {
            // The home thread is not in this process, and may have had its lock.
            return;
        }
        self.drives.fetch_add(1, Relaxed);
        let was = self.state.swap(FREE, SeqCst);
        // The one who leaves still counts as waiting.
        let others_wait = self.waiting.load(SeqCst) > 1;
        if others_wait {
            self.calls.fetch_add(1, Relaxed);
        }
        if was == WATCHED || others_wait {
            self.home.wake_by_ref();
        }
    }

    /// Runs the home thread until the seat is closed. This seat has the waker of `parker`; `drive` returns when it is
    /// woken.
    pub(super) fn keep(&self, parker: &Parker, drive: impl Fn()) {
        while !self.is_closed() {
            self.sit(&drive);
            if self.is_closed() {
                return;
            }
            self.watch(parker);
        }
    }

    /// Takes the seat, if it is free, until it is claimed or closed.
    pub(super) fn sit(&self, drive: impl Fn()) {
        if !self.take(HOME) {
            return;
        }
        // It may have been closed by a driver before this one.
        while !self.is_closed() {
            drive();
            if let Some(claimant) = self.claim().take() {
                self.state.store(FREE, SeqCst);
                claimant.wake();
                return;
            }
        }
    }

    /// Whether somebody drives who is no caller.
    #[inline]
    pub(super) fn is_kept(&self) -> bool {
        self.state.load(Relaxed) == HOME
    }

    /// Whether a caller waits, in the seat or beside it.
    pub(super) fn has_callers(&self) -> bool {
        self.waiting.load(Relaxed) > 0
    }

    /// How often a driver has been asked for.
    pub(super) fn calls(&self) -> u32 {
        self.calls.load(Relaxed)
    }

    /// What the steward finds, who remembers the last look.
    pub(super) fn look(&self, last: &mut Looked) -> Found {
        let now = Looked {
            drives: Some(self.drives.load(Relaxed)),
            state: self.state.load(SeqCst),
        };
        let before = mem::replace(last, now);
        match before == now {
            true if now.state == FREE => Found::Idle,
            true if now.state == CALLER => Found::Driven,
            _ => Found::Busy,
        }
    }

    /// Has the caller who is in the seat wake the steward as it leaves. False if there is none.
    pub(super) fn watch_driver(&self) -> bool {
        let driven = self.state.compare_exchange(CALLER, WATCHED, SeqCst, SeqCst);
        // It is watched already if a caller who left earlier wakes the home thread only now.
        matches!(driven, Ok(_) | Err(WATCHED))
    }

    /// Returns when the home thread should try to take the seat.
    fn watch(&self, parker: &Parker) {
        loop {
            let drives = self.drives.load(Relaxed);
            let calls = self.calls.load(Relaxed);
            if parker.park_timeout(LOOK) || self.is_closed() {
                return;
            }
            if self.watch_driver() {
                parker.park();
                // How many wait now would not tell: the one who has left may still be counted.
                if self.calls.load(Relaxed) != calls {
                    return;
                }
            } else if self.drives.load(Relaxed) == drives {
                return;
            }
        }
    }
}

/// Counts a caller as waiting.
struct Waiting<'a> {
    seat: &'a Seat,
    /// How many were waiting already.
    others: usize,
}

impl<'a> Waiting<'a> {
    fn begin(seat: &'a Seat) -> Self {
        let others = seat.waiting.fetch_add(1, SeqCst);
        Waiting { seat, others }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.seat.waiting.fetch_sub(1, SeqCst);
    }
}

/// A caller in the seat, which it also leaves when a panic passes.
struct Seated<'a>(&'a Seat);

impl Drop for Seated<'_> {
    fn drop(&mut self) {
        self.0.leave();
    }
}
