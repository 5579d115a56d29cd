//! Polling a future on the thread that waits for it.

pub(crate) mod probe;

use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::mem::size_of;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use tokio::runtime::Handle;
use tokio::task::LocalSet;
use tokio::task::coop::{RestoreOnPending, poll_proceed, unconstrained};

/// Which coop budget a poll has. tokio's operations yield when it is used up. So a `select!` or a timeout around an
/// operation that is always ready gets its turn.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Budget {
    /// A full budget for every poll, as in a task.
    Fresh,
    /// No budget. A scheduler that defers wake-ups would not serve the yield before the call ends.
    Unconstrained,
}

/// Polls by `poll`, which wakes the thread by `waker`. The budget of an outer task stays as it was: nobody would renew it during the call.
#[inline]
pub(crate) fn poll_once<T>(
    waker: &Waker,
    budget: Budget,
    mut poll: impl FnMut(&mut Context<'_>) -> Poll<T>,
) -> Poll<T> {
    let poll = poll_fn(|cx| {
        if budget == Budget::Fresh {
            refresh(cx);
        }
        poll(cx)
    });
    // When `unconstrained` returns, it restores the outer budget.
    pin!(unconstrained(poll)).poll(&mut Context::from_waker(waker))
}

thread_local! {
    /// Dropping it sets the budget to what it was when this was made: full.
    static FULL: Cell<Option<RestoreOnPending>> = const { Cell::new(None) };
}

/// Gives the current poll a full budget, less the one unit that it takes to make the next [`FULL`].
/// Costs 9 ns in a release build: a ready call on a plain thread takes 39 ns with it and 29 without.
#[inline]
fn refresh(cx: &mut Context<'_>) {
    let _ = FULL.try_with(|full| {
        drop(full.take().or_else(first));
        if let Poll::Ready(again) = poll_proceed(cx) {
            full.set(Some(again));
        }
    });
}

/// Only tasks have a full budget. A task of a `LocalSet` can run here and now.
#[cold]
fn first() -> Option<RestoreOnPending> {
    if Handle::try_current().is_err_and(|error| error.is_thread_local_destroyed()) {
        // Budgets and local sets are gone with the thread-locals.
        return None;
    }
    let found = Rc::new(Cell::new(None));
    let run = || {
        let set = LocalSet::new();
        let found = Rc::clone(&found);
        set.spawn_local(poll_fn(move |cx| {
            if let Poll::Ready(full) = poll_proceed(cx) {
                found.set(Some(full));
            }
            Poll::Ready(())
        }));
        let _ = pin!(set).poll(&mut Context::from_waker(Waker::noop()));
    };
    // At the end of a thread, what a local set needs may be gone while the rest of tokio is not. Nothing tells, and the
    // local set panics. The call goes on without a budget.
    let _ = catch_unwind(AssertUnwindSafe(run));
    found.take()
}

/// The most operations that a budget allows.
const MAX_BUDGET: usize = 128;

/// Whether this thread is in a poll with a coop budget. Every `block_on` of tokio's gives one, and a blocking thread has none.
///
/// Takes as long as all operations of a budget: less than a microsecond.
pub(crate) fn is_budgeted() -> bool {
    let mut cx = Context::from_waker(Waker::noop());
    let Poll::Ready(_restored_at_the_end) = poll_proceed(&mut cx) else {
        return true;
    };
    for _ in 0..MAX_BUDGET {
        match poll_proceed(&mut cx) {
            Poll::Ready(spent) => spent.made_progress(),
            Poll::Pending => return true,
        }
    }
    false
}

/// Whether a future is so large that we box it. The limits are tokio's: a debug build has many copies of a value on the
/// stack at a time.
pub(crate) const fn is_large<F>() -> bool {
    size_of::<F>() > if cfg!(debug_assertions) { 2048 } else { 16_384 }
}
