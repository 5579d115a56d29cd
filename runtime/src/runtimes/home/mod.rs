//! The runtime that its callers drive. What one call leaves behind there, such as a connection pool or a background task,
//! works in the next call, from any thread.
//!
//! It is a current-thread runtime that the first call that needs it starts, and it lives as long as the process. A plain
//! thread that waits for a call drives it, so a lone caller's I/O needs no switch to another thread. `seat` decides who
//! drives when several callers wait, or none. The idea is async-io's: its `block_on` runs the reactor on the blocked
//! thread.
//!
//! Whoever drives also runs the tasks of others. So a thread drives only if no runtime is at work on or beside it. All other
//! callers use the [crew](crate::runtimes::crew). While a task here is inside a blocking call, nobody can drive: home is
//! *held*, and new calls go to the crew until that call ends.
//!
//! If a waker panics inside the driver, tokio drops the driver as the panic passes. Then this home has crashed. Calls that
//! wait in it end with a panic that says so, and the next call starts another home.

mod homes;
mod keepers;
mod per_thread;
mod pulse;
mod seat;
mod steward;

pub(crate) use homes::Homes;
pub(crate) use per_thread::{OwnHome, ThreadHomes};

use crate::calls::{DrivesHome, Strategy};
use crate::context::Driving;
#[cfg(feature = "tracing")]
use crate::context::OutsideSpans;
use crate::fork;
use crate::own_thread::OwnThread;
use crate::park::deferred::{self, Deferring};
use crate::park::parker::Parker;
use crate::runtimes::{Headcount, block_in_place, configure};
use crate::settings::ThreadKind;
use crate::start_once::StartOnce;
use crate::starter::Starter;
use pulse::Pulse;
use seat::{Seat, Sleep};
use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::io;
use std::pin::pin;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Weak};
use std::task::Waker;
use std::time::{Duration, Instant};
use steward::{Kept, Steward, Ward};
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::time;

pub(crate) struct Home {
    runtime: Runtime,
    headcount: Headcount,
    seat: Seat,
    /// How many of its tasks are inside blocking calls, and the bit [`REPLACED`].
    held: AtomicUsize,
    /// How many homes there were before.
    generation: usize,
    /// Not that of any other home. None is 0.
    pub(crate) number: usize,
    strategy: Strategy,
    /// That of its driver, if it is the home of a thread.
    pulse: Option<Arc<Pulse>>,
    ward: Ward,
    /// The home that takes over when this one is replaced.
    next: StartOnce<Arc<Home>>,
}

/// Who drives a home when no caller does.
#[derive(Clone)]
enum Keeping {
    /// A thread that it has for that.
    ByItsThread,
    /// It is that of one thread, and gets a keeper when that thread does something else.
    ByASteward(Arc<Steward<Home>>),
}

/// Its driver has crashed, or its clock is paused: new calls have the next home.
const REPLACED: usize = 1 << (usize::BITS - 1);

/// How many homes may be replaced for their clocks. A home that is left has a thread and its descriptors for good.
const MAX_PAUSED: usize = 64;

/// How far ahead of the time a clock has to be for a third look to be worth it.
const MIN_LEAD: Duration = Duration::from_millis(1);

/// Whether a thread that waits in home may drive it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum MayDrive {
    /// It is not inside a `block_on`.
    Freely,
    /// It may be inside one. Only `block_in_place` knows whether it can leave that.
    IfAllowed,
    Never,
}

impl Home {
    fn start(
        generation: usize,
        keeping: &Keeping,
        starter: &Arc<Starter>,
    ) -> io::Result<Arc<Self>> {
        static NEXT: AtomicUsize = AtomicUsize::new(1);
        let depth = fork::depth();
        let headcount = Headcount::default();
        let mut builder = Builder::new_current_thread();
        configure(
            &mut builder,
            ThreadKind::Blocking,
            starter,
            &headcount,
            || {},
        );
        let pulse = match keeping {
            Keeping::ByItsThread => None,
            Keeping::ByASteward(_) => Some(Arc::new(Pulse::new())),
        };
        let before_sleep = pulse.clone();
        builder.on_thread_park(move || {
            // A task has forked. In the child nobody must take the parent's events.
            fork::check(depth);
            deferred::unpark_deferred();
            if let Some(pulse) = &before_sleep {
                pulse.beat();
            }
        });
        if let Some(pulse) = pulse.clone() {
            builder.on_thread_unpark(move || pulse.beat());
        }
        let runtime = builder.build()?;
        let parker = Parker::new();
        let home = Arc::new_cyclic(|home| Home {
            runtime,
            headcount,
            seat: Seat::new(match keeping {
                Keeping::ByItsThread => parker.waker().clone(),
                Keeping::ByASteward(steward) => steward.bell(Weak::clone(home)),
            }),
            held: AtomicUsize::new(0),
            generation,
            number: NEXT.fetch_add(1, Relaxed),
            strategy: match keeping {
                Keeping::ByItsThread => Strategy::Home,
                Keeping::ByASteward(_) => Strategy::PerThread,
            },
            pulse,
            ward: Ward::new(parker),
            next: StartOnce::new(),
        });
        match keeping {
            Keeping::ByItsThread => {
                let kept = Arc::clone(&home);
                let settings = starter.settings().thread(ThreadKind::Home);
                starter.start(settings, move || {
                    let _own = OwnThread::begin();
                    let parker = kept.ward.parker();
                    kept.seat.keep(parker, || kept.drive(parker, None));
                })?;
            }
            Keeping::ByASteward(steward) => steward.ring(&home),
        }
        Ok(home)
    }

    #[inline]
    pub(crate) fn handle(&self) -> &Handle {
        self.runtime.handle()
    }

    /// How calls that live here are counted.
    #[inline]
    pub(crate) fn strategy(&self) -> Strategy {
        self.strategy
    }

    #[inline]
    pub(crate) fn is_held(&self) -> bool {
        self.held.load(Relaxed) != 0
    }

    /// Whether a task blocks the keeper, which drives now. Takes some milliseconds to find out.
    #[inline]
    pub(crate) fn is_held_up(&self) -> bool {
        let is_kept = || self.seat.is_kept();
        let pulse = self.pulse.as_ref().filter(|_| is_kept());
        pulse.is_some_and(|pulse| pulse.is_held_up(is_kept))
    }

    /// Whether that may be so.
    fn may_be_held_up(&self) -> bool {
        let pulse = self.pulse.as_ref().filter(|_| self.seat.is_kept());
        self.is_held() || pulse.is_some_and(|pulse| pulse.is_awake())
    }

    #[inline]
    fn is_replaced(&self) -> bool {
        self.held.load(Relaxed) & REPLACED != 0
    }

    /// Leaves this home to the calls that are in it, if one has paused its clock (`tokio::time::pause`, in a build with
    /// tokio's feature `test-util`): the timers of all others would run on that clock. To be called in its context.
    ///
    /// A clock that is not paused shows the time between a look at std's clock before and one after it.
    pub(crate) fn replace_if_paused(&self) {
        let before = Instant::now();
        let clock = time::Instant::now().into_std();
        let is_behind = clock < before;
        let is_ahead = clock > before + MIN_LEAD && clock > Instant::now();
        if (is_behind || is_ahead) && self.generation < MAX_PAUSED {
            self.held.fetch_or(REPLACED, Relaxed);
        }
    }

    /// Waits until `parker` is woken, or wakes spuriously, which it does no later than `until`. Drives meanwhile, if nobody
    /// else does and `may` allows it.
    ///
    /// # Panics
    ///
    /// When the driver has panicked.
    pub(crate) fn wait(&self, parker: &Parker, may: &Cell<MayDrive>, until: Option<Instant>) {
        assert!(
            !self.seat.is_closed(),
            "a waker has panicked in the driver of the runtime on which this blocking call lives, so this call can never \
             complete; the next call has another runtime"
        );
        let drive = || match may.get() {
            MayDrive::Freely => self.drive_as_caller(parker, until),
            _ if block_in_place::try_block_in_place(&mut || {
                self.drive_as_caller(parker, until)
            }) => {}
            _ => may.set(MayDrive::Never),
        };
        let sleep = until.map_or(Sleep::UntilWoken, |_| Sleep::Briefly);
        if may.get() == MayDrive::Never {
            self.seat.wait_beside(parker, sleep);
        } else {
            self.seat.wait(parker, sleep, drive);
        }
    }

    /// The same as [`drive`](Home::drive) on a thread whose spans are none of the tasks' that run meanwhile.
    fn drive_as_caller(&self, parker: &Parker, until: Option<Instant>) {
        #[cfg(feature = "tracing")]
        let _outside = OutsideSpans::begin();
        self.drive(parker, until);
    }

    /// Drives until `parker` is woken, which is at `until` at the latest.
    fn drive(&self, parker: &Parker, until: Option<Instant>) {
        struct CrashGuard<'a> {
            home: &'a Home,
            depth: usize,
            has_ended: bool,
        }
        impl Drop for CrashGuard<'_> {
            fn drop(&mut self) {
                // In a child it is not the driver that has panicked.
                if !self.has_ended && self.depth == fork::depth() {
                    self.home.held.fetch_or(REPLACED, Relaxed);
                    self.home.seat.close();
                }
            }
        }
        let _deferring = Deferring::begin();
        let _driving = Driving::home(self.handle().id());
        let _drives = DrivesHome::begin(self.number);
        let mut guard = CrashGuard {
            home: self,
            depth: fork::depth(),
            has_ended: false,
        };
        parker.drive(|woken| match until {
            None => self.runtime.block_on(woken),
            Some(until) => self
                .runtime
                .block_on(woken_until(until, parker.waker(), woken)),
        });
        guard.has_ended = true;
    }
}

impl Kept for Home {
    fn seat(&self) -> &Seat {
        &self.seat
    }

    fn ward(&self) -> &Ward {
        &self.ward
    }
}

/// Waits for `woken`, which `waker` completes, and calls that at `until`. Needs a runtime that drives timers.
async fn woken_until(until: Instant, waker: &Waker, woken: impl Future<Output = ()>) {
    let mut woken = pin!(woken);
    let mut due = pin!(time::sleep_until(until.into()));
    let mut is_over = false;
    poll_fn(|cx| {
        if !is_over && due.as_mut().poll(cx).is_ready() {
            is_over = true;
            waker.wake_by_ref();
        }
        woken.as_mut().poll(cx)
    })
    .await;
}

/// One of home's tasks is inside a blocking call, until this is dropped.
pub(crate) struct Held<'a>(&'a Home);

impl<'a> Held<'a> {
    /// Must be called by a thread that drives home.
    pub(crate) fn begin(home: &'a Home) -> Self {
        // The wake-ups that this thread has deferred as a driver must not wait for the call.
        deferred::unpark_deferred();
        home.held.fetch_add(1, Relaxed);
        Held(home)
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.0.held.fetch_sub(1, Relaxed);
    }
}
