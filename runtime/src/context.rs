//! Where a call is made, and how that is found out.

use crate::home;
use crate::isolation;
use crate::worker::{self, Standing};
use std::fmt;
use tokio::runtime::{Handle, LocalRuntime, RuntimeFlavor, worker_index};

/// The kinds of place that a twin tells apart, and what it does in each.
///
/// Nobody has to look at this to call a twin; it is here for diagnostics, and to document what happens.
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
    /// A plain thread, a rayon worker, a thread of another executor, a task that is dropped because its
    /// multi-thread runtime shuts down, or inside a twin that was called in such a place. The future is polled
    /// here, in the context of sync-twin's own runtime.
    Outside,
    /// A thread in the context of a multi-thread runtime without being one of its workers: at the root of
    /// `block_on` or `#[tokio::main]`, in `spawn_blocking`, under an `enter()` guard, in `block_in_place`.
    /// The future is polled here, in that runtime's context, and its workers drive.
    BesideMultiThread,
    /// A thread in the context of a current-thread runtime that it does not drive: in `spawn_blocking`, under
    /// an `enter()` guard, in a second `block_on`. The future is polled here, in the context of sync-twin's
    /// own runtime, since perhaps nobody drives the other one.
    BesideCurrentThread,
    /// A worker thread of a multi-thread runtime. The future is polled once; if it has to wait, the worker's
    /// other tasks are handed to another thread ([`tokio::task::block_in_place`]), then it is polled here.
    Worker,
    /// The thread that drives a current-thread runtime: `#[tokio::test]`, an actix-web worker, a `LocalSet` or
    /// `LocalRuntime`. An isolation thread with a runtime of its own runs the call if its arguments and its
    /// output are `Send`; otherwise it is polled here, in the context of an idle isolation thread's runtime.
    Driver,
    /// A thread that is ending: its thread-locals are gone, and with them every way to enter a runtime. An
    /// isolation thread runs the call if its arguments and its output are `Send`; otherwise it is polled here
    /// without a runtime, and panics if it asks for one.
    ThreadExit,
}

impl Context {
    /// The context of the calling thread at this moment. Never panics and never blocks.
    #[must_use]
    pub fn current() -> Self {
        match Place::find() {
            Place::Plain | Place::Isolated(_) | Place::Retiring => Context::Outside,
            Place::BesideMultiThread => Context::BesideMultiThread,
            Place::BesideCurrentThread => Context::BesideCurrentThread,
            Place::Worker => Context::Worker,
            Place::Driver => Context::Driver,
            Place::ThreadExit => Context::ThreadExit,
        }
    }
}

impl fmt::Display for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Context::Outside => "outside",
            Context::BesideMultiThread => "beside a multi-thread runtime",
            Context::BesideCurrentThread => "beside a current-thread runtime",
            Context::Worker => "worker of a multi-thread runtime",
            Context::Driver => "driver of a current-thread runtime",
            Context::ThreadExit => "thread exit",
        })
    }
}

/// The runtime that this thread drives while it waits for the call that it is in, if it drives one.
pub(crate) fn driven_by_waiting() -> Option<Handle> {
    // Code that a scheduler is running keeps it from driving.
    if worker_index().is_some() {
        return None;
    }
    let current = Handle::try_current().ok()?;
    (home::encloses(current.id()) || isolation::owns(current.id())).then_some(current)
}

/// A [`Context`] with what the call needs to act on it.
pub(crate) enum Place {
    Plain,
    /// Inside a call on an isolation thread, which may drive the thread's own runtime.
    Isolated(&'static LocalRuntime),
    BesideMultiThread,
    BesideCurrentThread,
    Worker,
    /// A worker that drops the last tasks of its runtime. Still inside a `block_on`, so it may not drive.
    Retiring,
    Driver,
    ThreadExit,
}

impl Place {
    #[inline]
    pub(crate) fn find() -> Self {
        match Handle::try_current() {
            Ok(handle) => Place::inside(handle),
            Err(error) if error.is_thread_local_destroyed() => Place::ThreadExit,
            Err(_) => Place::Plain,
        }
    }

    /// Two facts decide, and neither alone does: whose context the thread is in (the current handle), and
    /// whether the thread carries a scheduler (`worker_index`). The handle's flavour alone takes the root of
    /// `#[tokio::main]` for a worker, and `spawn_blocking` beside a current-thread runtime for its driver.
    fn inside(handle: Handle) -> Self {
        let multi_thread = matches!(handle.runtime_flavor(), RuntimeFlavor::MultiThread);
        match (worker_index(), multi_thread) {
            (None, true) => Place::BesideMultiThread,
            (None, false) if home::encloses(handle.id()) => Place::Plain,
            (None, false) => match isolation::own_runtime(handle.id()) {
                Some(runtime) => Place::Isolated(runtime),
                None => Place::BesideCurrentThread,
            },
            (Some(_), true) => match worker::standing(&handle) {
                Standing::Working => Place::Worker,
                Standing::Away => Place::BesideMultiThread,
                Standing::ShuttingDown => Place::Retiring,
            },
            (Some(_), false) => Place::Driver,
        }
    }
}
