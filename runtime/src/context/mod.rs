//! Where a call is made, and how we find out.

pub(crate) mod blocked;
pub(crate) mod ending;
#[cfg(feature = "fiber")]
pub(crate) mod fiber;
pub(crate) mod host;
#[cfg(feature = "tracing")]
mod spans;
pub(crate) mod task_runtime;

#[cfg(feature = "tracing")]
pub(crate) use spans::OutsideSpans;

use host::{Host, HostGuard};
use std::cell::Cell;
use std::fmt;
use std::thread;
use tokio::runtime::{EnterGuard, Handle, Id, RuntimeFlavor, worker_index};

/// The kinds of place that a twin distinguishes, and what it does in each.
///
/// You need not look at this to call a twin. It is here for diagnostics, and to document what happens. *Home* and the
/// *crew* are sync-twin's own two runtimes, on which calls live: see
/// [the chapter on contexts](crate::guide::contexts#where-a-call-lives).
///
/// ```
/// use sync_twin::Context;
///
/// assert_eq!(Context::current(), Context::Outside);
///
/// let runtime = tokio::runtime::Builder::new_current_thread().build()?;
/// runtime.block_on(async { assert_eq!(Context::current(), Context::Driver) });
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Context {
    /// A plain thread, a rayon worker, a thread of another executor, or inside a twin called in such a place. The
    /// future is polled here, in home, which this thread drives while it waits.
    Outside,
    /// A thread in the context of a runtime, but with no scheduler at work on it: the root of `block_on` or
    /// `#[tokio::main]` of a multi-thread runtime, `spawn_blocking`, an `enter()` guard, `block_in_place`. The future
    /// is polled here, in the crew; the thread parks while it waits.
    Beside,
    /// A worker thread of a multi-thread runtime. The future is polled once, in the crew; if it has to wait, the
    /// worker's other tasks are handed to another thread ([`tokio::task::block_in_place`]), and this one parks.
    Worker,
    /// The thread that drives a current-thread runtime: `#[tokio::test]`, an actix-web worker, a `LocalSet` or
    /// `LocalRuntime`. An isolation thread runs the call, in home, if its arguments and its output are `Send`;
    /// otherwise it is polled here, in the crew, while the thread parks.
    Driver,
    /// A thread whose code a task awaits and serves ([`ToThread::serve`](crate::ToThread::serve)). That task polls the call if
    /// its arguments and its output are `Send`, and under `serve` its future, too; otherwise it is made as the rest of the
    /// place says.
    Served,
    /// A thread that is ending: its thread-locals are gone, and it can no longer enter a runtime. An isolation
    /// thread runs the call if its arguments and its output are `Send`; otherwise it is polled here without a
    /// runtime, and panics if it needs one.
    ThreadExit,
    /// On the stack of a [fiber](fn@crate::fiber) (feature `fiber`). The future is polled here, in the runtime and with the
    /// waker of the task that awaits the fiber; while it has to wait, the fiber is suspended, and the thread goes on with
    /// other tasks.
    #[cfg(feature = "fiber")]
    #[cfg_attr(docsrs, doc(cfg(feature = "fiber")))]
    Fiber,
}

impl Context {
    pub(crate) const ALL: &[Context] = &[
        Context::Outside,
        Context::Beside,
        Context::Worker,
        Context::Driver,
        Context::Served,
        Context::ThreadExit,
        #[cfg(feature = "fiber")]
        Context::Fiber,
    ];

    /// The context of the calling thread at this moment. Never panics and never blocks.
    #[must_use]
    pub fn current() -> Self {
        match Host::here() {
            Host::Task => Context::Served,
            #[cfg(feature = "fiber")]
            Host::Fiber if fiber::may_suspend() => Context::Fiber,
            _ => Place::find().context(),
        }
    }
}

impl fmt::Display for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Context::Outside => "outside any runtime",
            Context::Beside => "beside a runtime",
            Context::Worker => "worker of a multi-thread runtime",
            Context::Driver => "driver of a current-thread runtime",
            Context::Served => "in code that a task serves",
            Context::ThreadExit => "thread exit",
            #[cfg(feature = "fiber")]
            Context::Fiber => "fiber",
        })
    }
}

/// A [`Context`], in as much detail as a call needs to act on it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// In no runtime's context.
    Plain,
    /// Inside a call that is polled on a plain thread. User code may have called `Handle::block_on` in between.
    Nested,
    Beside,
    /// A worker, which has its core unless that has been taken from it. A task of a current-thread runtime under the
    /// `enter()` guard of a multi-thread one looks the same.
    Worker,
    Driver,
    /// Inside a call that is polled on a driver's thread.
    NestedDriver,
    /// Home's scheduler is running the task that makes the call: home stands still until the call has ended.
    DriverOfHome,
    /// In code that a task serves. Only calls that this task takes are there; for all others the place is what is around.
    Served,
    ThreadExit,
    /// On the stack of a fiber, which the call suspends. [`find`](Place::find) says where a call is made that does not.
    #[cfg(feature = "fiber")]
    Fiber,
}

impl Place {
    /// All of them, each at its own index.
    pub(crate) const ALL: &[Place] = &[
        Place::Plain,
        Place::Nested,
        Place::Beside,
        Place::Worker,
        Place::Driver,
        Place::NestedDriver,
        Place::DriverOfHome,
        Place::Served,
        Place::ThreadExit,
        #[cfg(feature = "fiber")]
        Place::Fiber,
    ];

    #[inline]
    pub(crate) fn find() -> Self {
        Place::find_with_runtime().0
    }

    /// The place, and the runtime in whose context the thread is.
    #[inline]
    pub(crate) fn find_with_runtime() -> (Self, Option<Handle>) {
        match Handle::try_current() {
            Ok(handle) => (Place::inside(&handle), Some(handle)),
            Err(error) if error.is_thread_local_destroyed() => (Place::ThreadExit, None),
            Err(_) => (Place::Plain, None),
        }
    }

    /// Two facts decide together: whose context the thread is in (the current handle), and whether a scheduler is at
    /// work on the thread (`worker_index`). The handle's flavor alone would mistake the root of `#[tokio::main]` for a
    /// worker, and `spawn_blocking` beside a current-thread runtime for its driver.
    ///
    /// Inside a call neither helps, since the call has entered another runtime. There the call's own finding counts.
    #[inline]
    fn inside(handle: &Handle) -> Self {
        if let Some(place) = place_by_mark(handle.id()) {
            return place;
        }
        if worker_index().is_none() {
            return Place::Beside;
        }
        // A task of home may have entered any other runtime.
        if home_driven_here().is_some() {
            return Place::DriverOfHome;
        }
        match handle.runtime_flavor() {
            RuntimeFlavor::MultiThread => Place::Worker,
            _ => Place::Driver,
        }
    }

    pub(crate) fn context(self) -> Context {
        match self {
            Place::Plain | Place::Nested => Context::Outside,
            Place::Beside => Context::Beside,
            Place::Worker => Context::Worker,
            Place::Driver | Place::NestedDriver | Place::DriverOfHome => Context::Driver,
            Place::Served => Context::Served,
            Place::ThreadExit => Context::ThreadExit,
            #[cfg(feature = "fiber")]
            Place::Fiber => Context::Fiber,
        }
    }

    /// Whether the thread has a scheduler that keeps wake-ups back while it is blocked.
    #[inline]
    pub(crate) fn is_driver(self) -> bool {
        matches!(
            self,
            Place::Driver | Place::NestedDriver | Place::DriverOfHome
        )
    }

    /// The place of a call that is made inside one from here.
    #[inline]
    fn for_nested_call(self) -> Self {
        match self {
            Place::Plain => Place::Nested,
            Place::Driver | Place::DriverOfHome => Place::NestedDriver,
            other => other,
        }
    }
}

/// The runtime that a call has entered for a poll, and the place of calls inside that poll.
#[derive(Clone, Copy)]
struct Mark {
    runtime: Option<Id>,
    place: Place,
    /// How many calls have entered a runtime on this thread.
    depth: u32,
}

thread_local! {
    /// The mark of the enclosing call.
    static MARK: Cell<Mark> = const { Cell::new(Mark::NONE) };
    /// The home that this thread is driving.
    static DRIVEN_HOME: Cell<Option<Id>> = const { Cell::new(None) };
}

impl Mark {
    const NONE: Self = Mark {
        runtime: None,
        place: Place::Plain,
        depth: 0,
    };

    /// The same for what is no part of the call.
    fn outside(self) -> Self {
        Mark {
            depth: self.depth,
            ..Mark::NONE
        }
    }
}

/// The place that the enclosing call has left for us, if its runtime is still the current one.
#[inline]
fn place_by_mark(current: Id) -> Option<Place> {
    let mark = MARK.get();
    (mark.runtime == Some(current)).then_some(mark.place)
}

/// Whether the enclosing call has entered this runtime.
pub(crate) fn is_entered_by_call(runtime: Id) -> bool {
    place_by_mark(runtime).is_some()
}

/// Whether this thread is inside a call, in whatever the call runs here.
pub(crate) fn is_inside_call() -> bool {
    MARK.try_with(Cell::get)
        .is_ok_and(|mark| mark.runtime.is_some())
}

/// The calling thread in a runtime's context for one poll of a call that was made in `place`.
pub(crate) struct Entered<'a> {
    enclosing: Mark,
    _context: EnterGuard<'a>,
}

impl<'a> Entered<'a> {
    #[inline]
    pub(crate) fn begin(runtime: &'a Handle, place: Place) -> Self {
        let enclosing = MARK.get();
        MARK.set(Mark {
            runtime: Some(runtime.id()),
            place: place.for_nested_call(),
            depth: enclosing.depth + 1,
        });
        Entered {
            enclosing,
            _context: runtime.enter(),
        }
    }
}

impl Drop for Entered<'_> {
    #[inline]
    fn drop(&mut self) {
        if MARK.get().depth != self.enclosing.depth + 1 {
            return out_of_order();
        }
        MARK.set(self.enclosing);
    }
}

/// Another call that has entered a runtime on this thread after this one is still inside: they are on different stacks.
/// tokio would say so as well, but not of whom.
#[cold]
fn out_of_order() {
    if !thread::panicking() {
        panic!(
            "a green thread was switched in the middle of a poll of this blocking call, and another call that has begun on \
             the same thread since has not ended; switch between calls, or let the later call end first"
        );
    }
}

/// The home that this thread is driving.
#[inline]
pub(crate) fn home_driven_here() -> Option<Id> {
    DRIVEN_HOME.try_with(Cell::get).ok().flatten()
}

/// The calling thread drives a runtime, whose tasks are no part of the enclosing call, until this is dropped.
pub(crate) struct Driving {
    enclosing: Mark,
    enclosing_home: Option<Id>,
    _host: HostGuard,
}

impl Driving {
    /// Drives a runtime of the user's.
    pub(crate) fn lent() -> Self {
        Driving {
            enclosing: MARK.replace(MARK.get().outside()),
            enclosing_home: DRIVEN_HOME.take(),
            _host: Host::Nobody.set_here(),
        }
    }

    /// Drives the home with this id.
    pub(crate) fn home(id: Id) -> Self {
        Driving {
            enclosing: MARK.replace(MARK.get().outside()),
            enclosing_home: DRIVEN_HOME.replace(Some(id)),
            _host: Host::Nobody.set_here(),
        }
    }
}

impl Drop for Driving {
    fn drop(&mut self) {
        MARK.set(self.enclosing);
        DRIVEN_HOME.set(self.enclosing_home);
    }
}
