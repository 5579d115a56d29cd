//! The one place through which every blocked call passes: find where the caller is, and act on it.

use crate::context::Place;
use crate::home::{Part, Visit};
use crate::isolation;
use crate::parker::Parker;
use crate::poll::{PollAgain, poll_here, poll_once, poll_to_end};
use crate::stall::Stall;
use crate::start_once::or_panic;
use crate::worker;
use std::future::Future;
use std::panic::{AssertUnwindSafe, Location, catch_unwind, resume_unwind};
use std::pin::pin;
use std::task::Poll;
use tokio::runtime::Handle;
use tokio::task::block_in_place;
use tokio::task::coop::unconstrained;

/// Runs a call on the calling thread, whatever that is.
#[track_caller]
pub(crate) fn in_place<F, Fut>(make: F) -> Fut::Output
where
    F: FnOnce() -> Fut,
    Fut: Future,
{
    match stay(make) {
        Ok(output) => output,
        Err((make, Stuck::Driving)) => {
            let stall = Stall::watch();
            // Not sync-twin's home runtime: that may be the very one this thread is driving.
            let lease = or_panic(isolation::lease());
            let _context = lease.runtime().enter();
            let pauses = PollAgain::new();
            poll_here(make, |parker| {
                pauses.wait(parker);
                stall.check();
            })
        }
        Err((make, Stuck::Exiting)) => poll_here(make, Parker::park),
    }
}

/// Runs a call on the calling thread where that can wait, and on an isolation thread where it cannot.
#[track_caller]
pub(crate) fn isolating<F, Fut>(make: F) -> Fut::Output
where
    F: FnOnce() -> Fut + Send,
    Fut: Future,
    Fut::Output: Send,
{
    match stay(make) {
        Ok(output) => output,
        Err((make, Stuck::Driving | Stuck::Exiting)) => {
            let lease = or_panic(isolation::lease());
            let stall = Stall::watch();
            poll_here(|| lease.run(make), |parker| stall.park(parker))
        }
    }
}

/// Runs a call on an isolation thread. To the calling thread that is one more future to wait for: it needs no
/// context, and no scheduler swallows its wake-up.
#[track_caller]
pub(crate) fn isolated<F, Fut>(make: F) -> Fut::Output
where
    F: FnOnce() -> Fut + Send,
    Fut: Future,
    Fut::Output: Send,
{
    let lease = or_panic(isolation::lease());
    elsewhere(|| lease.run(make))
}

/// Waits for what runs on a thread or runtime that no caller can hold up.
#[track_caller]
pub(crate) fn elsewhere<F, Fut>(make: F) -> Fut::Output
where
    F: FnOnce() -> Fut,
    Fut: Future,
{
    match stay(make) {
        Ok(output) => output,
        Err((remote, Stuck::Driving | Stuck::Exiting)) => {
            let stall = Stall::watch();
            poll_here(remote, |parker| stall.park(parker))
        }
    }
}

/// Drops a value in some runtime's context: tokio objects may need one for that.
pub(crate) fn dispose<T>(value: T) {
    let outside = Handle::try_current().is_err_and(|error| error.is_missing_context());
    let _visit = outside.then(|| Visit::begin(Part::Parks));
    drop(value);
}

/// Why a call cannot simply wait on its thread.
enum Stuck {
    /// The thread drives a current-thread runtime, whose scheduler would swallow wake-ups.
    Driving,
    /// The thread is ending and cannot enter any runtime.
    Exiting,
}

/// Runs the call on the calling thread if it can wait there, else gives `make` back unused.
#[track_caller]
fn stay<F, Fut>(make: F) -> Result<Fut::Output, (F, Stuck)>
where
    F: FnOnce() -> Fut,
    Fut: Future,
{
    Ok(match Place::find() {
        Place::Plain => poll_at_home(make, Part::Drives),
        Place::BesideCurrentThread | Place::Retiring => poll_at_home(make, Part::Parks),
        Place::BesideMultiThread => poll_here(make, Parker::park),
        Place::Isolated(runtime) => poll_here(make, |parker| {
            parker.drive(|woken| runtime.block_on(woken));
        }),
        Place::Worker => poll_on_worker(make),
        Place::Driver => return Err((make, Stuck::Driving)),
        Place::ThreadExit => return Err((make, Stuck::Exiting)),
    })
}

/// Polls in the context of the home runtime.
#[track_caller]
fn poll_at_home<F, Fut>(make: F, part: Part) -> Fut::Output
where
    F: FnOnce() -> Fut,
    Fut: Future,
{
    let visit = or_panic(Visit::begin(part));
    poll_here(make, |parker| visit.wait(parker))
}

/// Polls once, and only if that is not enough hands the worker's other tasks to another thread.
///
/// Without the handing over, a task that the future has just spawned and now waits for would sit in this
/// worker's LIFO slot, from which nobody steals.
#[track_caller]
fn poll_on_worker<F, Fut>(make: F) -> Fut::Output
where
    F: FnOnce() -> Fut,
    Fut: Future,
{
    let caller = Location::caller();
    let parker = Parker::lend();
    let mut future = pin!(unconstrained(make()));
    if let Poll::Ready(output) = poll_once(future.as_mut(), &parker) {
        return output;
    }
    let mut handed_over = false;
    let blocked = catch_unwind(AssertUnwindSafe(|| {
        block_in_place(|| {
            handed_over = true;
            poll_to_end(future.as_mut(), &parker, |parker| {
                worker::park(parker, caller);
            })
        })
    }));
    match blocked {
        Ok(output) => output,
        Err(panic) if handed_over => resume_unwind(panic),
        // One rare place looks like a worker and is none, which only this panic of tokio's tells: a Driver
        // under the `enter()` guard of a multi-thread runtime. That runtime's workers drive, but the
        // scheduler of this thread swallows wake-ups.
        Err(_) => {
            let pauses = PollAgain::new();
            poll_to_end(future, &parker, |parker| pauses.wait(parker))
        }
    }
}
