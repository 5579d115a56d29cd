//! The runtime that its callers drive: what one call leaves behind there (a connection pool, a background task) works
//! in the next call, from any thread.
//!
//! It is a current-thread runtime, started by the first call that needs it, that lives as long as the process. A plain
//! thread that waits for a call drives it, so that a lone caller's I/O costs no change of thread; `seat` decides who
//! drives when several wait or nobody does. The idea is async-io's, whose `block_on` runs the reactor on the blocked
//! thread.
//!
//! Whoever drives also runs the tasks of others. So only threads drive that no runtime is at work on or beside; all
//! other callers have the [crew](crate::runtimes::crew). And while a task here is inside a blocking call nobody can drive: home is
//! *held*, and new calls go to the crew until it goes on.
//!
//! A waker that panics inside the driver takes the driver with it: tokio drops it as the panic passes. Then this home is
//! over. Calls that are waiting in it end with a panic that says so, and the next call starts another one.

mod seat;

use crate::context::Driving;
use crate::park::deferred::{self, Deferring};
use crate::park::parker::Parker;
use crate::runtimes::block_in_place;
use crate::start_once::StartOnce;
use seat::Seat;
use std::cell::Cell;
use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;
use std::thread;
use tokio::runtime::{Builder, Handle, Id, Runtime};

pub(crate) struct Home {
    runtime: Runtime,
    seat: Seat,
    /// How many of its tasks are inside blocking calls, or [`CRASHED`].
    held: AtomicUsize,
    /// The home that has taken its place.
    next: StartOnce<Arc<Home>>,
}

/// Its driver is gone. No count comes near it.
const CRASHED: usize = usize::MAX / 2;

/// The homes of this process. The first one that is not over is *the* home.
pub(crate) struct Homes(StartOnce<Arc<Home>>);

impl Homes {
    pub(crate) const fn new() -> Self {
        Homes(StartOnce::new())
    }

    /// Home, which this starts if need be.
    #[inline]
    pub(crate) fn get_or_start(&self) -> io::Result<&Home> {
        let mut home = self.0.get_or_start(Home::start)?;
        while home.has_crashed() {
            home = home.next.get_or_start(Home::start)?;
        }
        Ok(home)
    }

    /// Whether the runtime with this id is a home that is driven whenever callers wait.
    pub(crate) fn is_driven(&self, id: Id) -> bool {
        let mut next = self.0.get();
        while let Some(home) = next {
            if home.handle().id() == id {
                return !home.is_held();
            }
            next = home.next.get();
        }
        false
    }
}

/// Whether a thread that waits in home may drive it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum MayDrive {
    /// It is inside no `block_on`.
    Freely,
    /// It may be inside one, of which only `block_in_place` knows whether it can be left.
    IfAllowed,
    Never,
}

impl Home {
    fn start() -> io::Result<Arc<Self>> {
        let runtime = Builder::new_current_thread()
            .thread_name("sync-twin-blocking")
            .max_blocking_threads(crate::runtimes::crew::MAX_BLOCKING_THREADS)
            .on_thread_park(deferred::unpark_deferred)
            .enable_all()
            .build()?;
        let parker = Parker::new();
        let home = Arc::new(Home {
            runtime,
            seat: Seat::new(parker.waker().clone()),
            held: AtomicUsize::new(0),
            next: StartOnce::new(),
        });
        let kept = Arc::clone(&home);
        thread::Builder::new()
            .name("sync-twin-home".to_owned())
            .spawn(move || kept.seat.keep(&parker, || kept.drive(&parker)))?;
        Ok(home)
    }

    #[inline]
    pub(crate) fn handle(&self) -> &Handle {
        self.runtime.handle()
    }

    #[inline]
    pub(crate) fn is_held(&self) -> bool {
        self.held.load(Relaxed) != 0
    }

    #[inline]
    fn has_crashed(&self) -> bool {
        self.held.load(Relaxed) >= CRASHED
    }

    /// Waits until `parker` is woken, or for no reason; drives meanwhile if nobody else does and `may` says so.
    ///
    /// # Panics
    ///
    /// When the driver has panicked.
    pub(crate) fn wait(&self, parker: &Parker, may: &Cell<MayDrive>) {
        assert!(
            !self.seat.is_closed(),
            "a waker has panicked in the driver of the runtime that this blocking call lives on, so that what the call \
             waits for never comes; the next call has another runtime"
        );
        let drive = || match may.get() {
            MayDrive::Freely => self.drive(parker),
            _ if block_in_place::try_block_in_place(&mut || self.drive(parker)) => {}
            _ => may.set(MayDrive::Never),
        };
        if may.get() == MayDrive::Never {
            self.seat.wait_beside(parker);
        } else {
            self.seat.wait(parker, drive);
        }
    }

    fn drive(&self, parker: &Parker) {
        struct CrashGuard<'a> {
            home: &'a Home,
            has_ended: bool,
        }
        impl Drop for CrashGuard<'_> {
            fn drop(&mut self) {
                if !self.has_ended {
                    self.home.held.fetch_add(CRASHED, Relaxed);
                    self.home.seat.close();
                }
            }
        }
        let _deferring = Deferring::begin();
        let _driving = Driving::home(self.handle().id());
        let mut guard = CrashGuard {
            home: self,
            has_ended: false,
        };
        parker.drive(|woken| self.runtime.block_on(woken));
        guard.has_ended = true;
    }
}

/// One of home's tasks is inside a blocking call, until this is dropped.
pub(crate) struct Held(&'static Home);

impl Held {
    /// To be called by a thread that drives home.
    pub(crate) fn begin(home: &'static Home) -> Self {
        // What this thread has put off as a driver must not wait for the call.
        deferred::unpark_deferred();
        home.held.fetch_add(1, Relaxed);
        Held(home)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.0.held.fetch_sub(1, Relaxed);
    }
}
