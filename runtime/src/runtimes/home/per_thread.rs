//! A home for each calling thread: `flavor = "per_thread"`.
//!
//! A thread that shares no client with others need not share a driver with them either. Its home is driven by itself while it
//! waits, and by a keeper, which the [steward](super::steward) sends, when it does something else for more than a few
//! milliseconds.
//!
//! When a thread ends, it leaves its home to the next one that starts, with the connections and tasks that are there. One whose
//! keeper is held up by a task is left to a later thread, so there are hardly more of them than threads at a time. And there are
//! never more than [`most`], since each has four descriptors. A thread that finds none left has the home of all. So has a thread of
//! sync-twin's own, and a thread that is ending once it has left its own. But an isolation thread, which serves now this caller and
//! now that one, drives the home of the caller that waits for it ([`OwnHome`]).
//!
//! While a task holds up the keeper of a thread's own home, the thread's calls go to the crew, as they do while a task is in a
//! blocking call there. [`pulse`](super::pulse) tells.

use super::homes::Homes;
use super::keepers::Keepers;
use super::steward::Steward;
use super::{Home, Keeping};
use crate::fork;
use crate::own_thread::OwnThread;
use crate::park::parker::Parker;
use crate::runtimes::{Remains, into_only};
use crate::start_once::StartOnce;
use crate::starter::{Starter, is_own_thread};
use std::cell::{Cell, RefCell};
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};
use std::{io, mem};
use tokio::runtime::Id;

/// How many homes of threads there may be, whatever the process may open.
const MOST: usize = 160;

/// Those of a runtime of tokio's with all that it can have.
const DESCRIPTORS_PER_HOME: usize = 4;

/// They are to have no more than one of so many descriptors that the process may open.
const SHARE: usize = 4;

/// How many homes of threads there may be. Often a process may have no more than 1,024 descriptors, or 256.
fn most() -> usize {
    max_descriptors().map_or(MOST, |all| MOST.min(all / SHARE / DESCRIPTORS_PER_HOME))
}

/// How many descriptors the process may have, if that is known.
#[cfg(unix)]
fn max_descriptors() -> Option<usize> {
    let mut limit = libc::rlimit {
        rlim_cur: 0,
        rlim_max: 0,
    };
    // SAFETY: it writes to `limit` and to nothing else.
    let result = unsafe { libc::getrlimit(libc::RLIMIT_NOFILE, &raw mut limit) };
    // One that is infinite is a very large number.
    (result == 0).then(|| limit.rlim_cur.try_into().unwrap_or(usize::MAX))
}

#[cfg(not(unix))]
fn max_descriptors() -> Option<usize> {
    None
}

/// How often the steward looks.
const LOOK: Duration = Duration::from_millis(4);

/// The homes of the threads of a process.
pub(crate) struct ThreadHomes {
    /// Not that of any other process before a [`shutdown`](crate::shutdown()) or a fork. None is 0.
    key: usize,
    begun: StartOnce<Arc<Begun>>,
}

struct Begun {
    key: usize,
    slots: Vec<Homes>,
    free: Mutex<Free>,
    /// How many slots no thread has.
    left: AtomicUsize,
    keeping: Keeping,
    keepers: Arc<Keepers>,
    depth: usize,
}

struct Free {
    /// Slots of threads that have ended. The last one that no task holds up is the next to be taken: its connections are fresh.
    used: Vec<usize>,
    /// From this one on they are new, up to `most`.
    fresh: usize,
    most: usize,
}

/// The slot of a thread.
#[derive(Clone, Copy)]
struct Here {
    key: usize,
    slot: usize,
}

impl Here {
    const NONE: Here = Here { key: 0, slot: 0 };
}

thread_local! {
    /// It has no destructor, so looking at it is cheap.
    static HERE: Cell<Here> = const { Cell::new(Here::NONE) };
    /// Gives the slot back when the thread ends.
    static LEAVE: RefCell<Leave> = const { RefCell::new(Leave(None)) };
}

struct Leave(Option<(Weak<Begun>, usize)>);

impl Drop for Leave {
    fn drop(&mut self) {
        let Some((begun, slot)) = self.0.take() else {
            return;
        };
        HERE.set(Here::NONE);
        // In a child it is the parent's.
        let begun = begun.upgrade().filter(|begun| begun.depth == fork::depth());
        if let Some(begun) = begun {
            begun.give_back(slot);
        }
    }
}

/// The home that one thread has, or that it has none, for another thread that makes a call in its stead.
#[derive(Clone, Copy)]
pub(crate) struct OwnHome(Here);

impl OwnHome {
    #[inline]
    pub(crate) fn of_this_thread() -> Self {
        OwnHome(HERE.get())
    }

    /// The calling thread, which is one of sync-twin's own, has it until the guard is dropped.
    pub(crate) fn lend_here(self) -> LentHome {
        LentHome {
            before: HERE.replace(self.0),
        }
    }
}

/// What the thread had before.
pub(crate) struct LentHome {
    before: Here,
}

impl Drop for LentHome {
    fn drop(&mut self) {
        HERE.set(self.before);
    }
}

impl ThreadHomes {
    pub(crate) fn new() -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(1);
        ThreadHomes {
            key: NEXT.fetch_add(1, Relaxed),
            begun: StartOnce::new(),
        }
    }

    /// The home of the calling thread, if it has one.
    #[inline]
    pub(crate) fn get(&self, starter: &Arc<Starter>) -> Option<&Home> {
        let here = HERE.get();
        let begun = self.begun.get().filter(|begun| begun.key == here.key)?;
        begun.home(here.slot, starter).ok()
    }

    /// The home of the calling thread, which has none yet. `None` if it cannot have one.
    #[cold]
    pub(crate) fn enter(&self, starter: &Arc<Starter>) -> Option<&Home> {
        if is_own_thread() || LEAVE.try_with(|_| ()).is_err() {
            return None;
        }
        let (key, to_hand_on) = (self.key, Arc::clone(starter));
        let begun = self
            .begun
            .get_or_start(starter, move || Begun::begin(key, &to_hand_on))
            .ok()?;
        let slot = begun.take()?;
        let home = begun.home(slot, starter);
        if home.is_err() {
            begun.give_up(slot);
        } else {
            let leave = Some((Arc::downgrade(begun), slot));
            // What it had before is not there any more: it was that of another process.
            drop(LEAVE.with_borrow_mut(|before| mem::replace(&mut before.0, leave)));
            HERE.set(Here { key, slot });
        }
        home.ok()
    }

    fn all(&self) -> impl Iterator<Item = &Home> {
        let begun = self.begun.get().into_iter();
        begun.flat_map(|begun| begun.slots.iter().flat_map(Homes::all))
    }

    /// Those in which somebody waits.
    pub(crate) fn with_callers(&self) -> impl Iterator<Item = &Home> {
        self.all().filter(|home| home.seat.has_callers())
    }

    pub(crate) fn alive_tasks(&self) -> usize {
        let tasks = |home: &Home| home.handle().metrics().num_alive_tasks();
        self.all().map(tasks).sum()
    }

    pub(crate) fn find(&self, id: Id) -> Option<&Home> {
        self.all().find(|home| home.handle().id() == id)
    }

    pub(crate) fn retired(&self) -> usize {
        self.all().filter(|home| home.is_replaced()).count()
    }

    /// How many there are, and how many of them no thread has.
    pub(crate) fn size(&self) -> (usize, usize) {
        let begun = self.begun.get();
        begun.map_or((0, 0), |begun| {
            let free = begun.free();
            (free.fresh, free.used.len())
        })
    }

    /// Ends them. No call may use them any more.
    pub(crate) fn end(self, deadline: Instant) -> Remains {
        let mut remains = Remains::default();
        let Some(begun) = self.begun.into_inner() else {
            return remains;
        };
        begun.keepers.close();
        if let Keeping::ByASteward(steward) = &begun.keeping {
            steward.close();
        }
        // All at once, and not each in its turn.
        for home in begun.slots.iter().flat_map(Homes::all) {
            home.seat.close();
        }
        // A thread that ends has it for a moment.
        match into_only(begun, deadline) {
            Ok(begun) => {
                for homes in begun.slots {
                    remains.add(homes.end(deadline));
                }
            }
            Err(begun) => {
                mem::forget(begun);
                remains.held += 1;
            }
        }
        remains
    }
}

impl Begun {
    /// On the starter.
    fn begin(key: usize, starter: &Arc<Starter>) -> io::Result<Arc<Self>> {
        let parker = Parker::new();
        let steward = Arc::new(Steward::new(parker.waker().clone()));
        let keepers = Keepers::new(Arc::clone(starter), Arc::clone(&steward));
        let (run, send) = (Arc::clone(&steward), Arc::clone(&keepers));
        starter.start(starter.settings().own_thread("steward"), move || {
            let _own = OwnThread::begin();
            let mut next: Option<Instant> = None;
            let rest = |has_listed: bool| {
                if !has_listed {
                    next = None;
                    parker.park();
                    return false;
                }
                let due = *next.get_or_insert_with(|| Instant::now() + LOOK);
                let is_woken = parker.park_timeout(due.saturating_duration_since(Instant::now()));
                if is_woken && Instant::now() < due {
                    return false;
                }
                next = None;
                true
            };
            run.run(rest, |home| send.send(home));
        })?;
        let most = most();
        Ok(Arc::new(Begun {
            key,
            slots: (0..most).map(|_| Homes::new()).collect(),
            free: Mutex::new(Free {
                used: Vec::new(),
                fresh: 0,
                most,
            }),
            left: AtomicUsize::new(most),
            keeping: Keeping::ByASteward(steward),
            keepers,
            depth: fork::depth(),
        }))
    }

    #[inline]
    fn home(&self, slot: usize, starter: &Arc<Starter>) -> io::Result<&Home> {
        self.slots[slot].get_or_start_kept(&self.keeping, starter)
    }

    fn free(&self) -> MutexGuard<'_, Free> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self) -> Option<usize> {
        // Where all are taken, each call asks.
        if self.left.load(Relaxed) == 0 {
            return None;
        }
        let mut free = self.free();
        let is_at_rest = |&slot: &usize| {
            let home = self.slots[slot].all().find(|home| !home.is_replaced());
            home.is_none_or(|home| !home.may_be_held_up())
        };
        let slot = match free.used.iter().rposition(is_at_rest) {
            Some(index) => free.used.remove(index),
            None if free.fresh < free.most => {
                free.fresh += 1;
                free.fresh - 1
            }
            // Its calls go elsewhere until it is free.
            None => free.used.pop()?,
        };
        free.count(&self.left);
        Some(slot)
    }

    fn give_back(&self, slot: usize) {
        let mut free = self.free();
        free.used.push(slot);
        free.count(&self.left);
    }

    /// A home could not be started: from here on there are only those that have been. Or each call would try again.
    fn give_up(&self, slot: usize) {
        let mut free = self.free();
        free.most = free.fresh;
        free.used.insert(0, slot);
        free.count(&self.left);
    }
}

impl Free {
    /// How many threads may still come.
    fn count(&self, left: &AtomicUsize) {
        left.store(self.used.len() + (self.most - self.fresh), Relaxed);
    }
}
