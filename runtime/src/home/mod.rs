//! sync-twin's own runtime: what one call leaves behind there (a connection pool, a background task) works in
//! the next call, from any thread.
//!
//! It is a current-thread runtime, started by the first call that needs it, that lives as long as the process.
//! The thread that waits for a call drives it, so that a lone caller's I/O costs no thread switch; `seat`
//! decides who drives when several wait or nobody does. The idea is async-io's, whose `block_on` runs the
//! reactor on the blocked thread.

mod seat;

use crate::parker::Parker;
use crate::process::process;
use crate::round::{self, Round};
use seat::Seat;
use std::cell::Cell;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;
use tokio::runtime::{Builder, EnterGuard, Handle, Id, Runtime};

pub(crate) struct Home {
    runtime: Runtime,
    seat: Seat,
}

/// The home runtime, which this starts if need be.
#[inline]
fn home() -> io::Result<&'static Home> {
    process().home.get_or_start(Home::start)
}

pub(crate) fn start() -> io::Result<()> {
    home().map(drop)
}

impl Home {
    fn start() -> io::Result<Self> {
        let runtime = Builder::new_current_thread()
            .thread_name("sync-twin-blocking")
            .on_thread_park(round::catch_up)
            .enable_all()
            .build()?;
        let parker = Parker::new();
        let seat = Seat::new(parker.waker().clone());
        thread::Builder::new()
            .name("sync-twin-home".to_owned())
            .spawn(move || {
                if let Some(home) = process().home.wait() {
                    home.seat.keep(&parker, || home.drive(&parker));
                }
            })?;
        Ok(Home { runtime, seat })
    }

    fn drive(&self, parker: &Parker) {
        let _round = Round::begin();
        parker.drive(|woken| self.runtime.block_on(woken));
    }
}

thread_local! {
    /// Whether the twin that encloses what runs on this thread waits by driving the home runtime. Only then may
    /// a nested one: the thread may else be inside a `block_on` of somebody's, where a second one panics.
    static MAY_DRIVE: Cell<bool> = const { Cell::new(false) };
}

/// Whether `current` is the home runtime, and is this thread's context because of a twin that drives it.
pub(crate) fn encloses(current: Id) -> bool {
    MAY_DRIVE.try_with(Cell::get).unwrap_or(false) && is_home(current)
}

/// Whether this thread is in the home runtime's context.
pub(crate) fn is_current() -> bool {
    Handle::try_current().is_ok_and(|current| is_home(current.id()))
}

fn is_home(id: Id) -> bool {
    let home = process().home.get();
    home.is_some_and(|home| home.runtime.handle().id() == id)
}

/// How a caller waits in the home runtime's context.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// By driving it, if nobody else does.
    Drives,
    /// Parked, while others drive.
    Parks,
}

/// A thread in the home runtime's context, until dropped.
pub(crate) struct Visit {
    home: &'static Home,
    part: Part,
    enclosing: bool,
    _context: EnterGuard<'static>,
}

impl Visit {
    #[inline]
    pub(crate) fn begin(part: Part) -> io::Result<Self> {
        let home = home()?;
        Ok(Visit {
            home,
            part,
            enclosing: MAY_DRIVE.replace(part == Part::Drives),
            _context: home.runtime.enter(),
        })
    }

    /// Waits until `parker` is woken, or for no reason.
    pub(crate) fn wait(&self, parker: &Parker) {
        let Home { seat, .. } = self.home;
        if self.part == Part::Drives {
            let drive = || seat.wait(parker, || self.home.drive(parker));
            // User code may have called `Handle::block_on` on the home runtime between the enclosing twin and this
            // one. Nothing but tokio's panic tells, and the seat is left again by then.
            if catch_unwind(AssertUnwindSafe(drive)).is_ok() {
                return;
            }
        }
        seat.wait_beside(parker);
    }
}

impl Drop for Visit {
    #[inline]
    fn drop(&mut self) {
        MAY_DRIVE.set(self.enclosing);
    }
}
