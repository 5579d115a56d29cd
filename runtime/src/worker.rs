//! Whether a thread that looks like a worker of a multi-thread runtime is at work.
//!
//! `worker_index` goes on answering when the worker has no *core* (tokio's word for the right to run a worker's
//! tasks). Two things take the core away, and in both a task just spawned waits for other threads:
//!
//! - the thread has handed it over in `block_in_place`, and is inside a `block_on` there;
//! - the runtime is shutting down, and the worker is dropping the tasks that are left. Nobody drives that
//!   runtime any more: its timers and sockets stay silent until the last worker has finished, for which they
//!   would have to wait. A twin in the `Drop` of such a task would hang in that runtime's context.
//!
//! One case shows too late: a task that is cancelled by the shutdown while it is being polled is dropped by a
//! worker that still has its core. Only asking the runtime would tell, and that costs more than a whole call on
//! a worker. So it is asked once such a call has waited for a while: see [`park`].

use crate::parker::Parker;
use std::future::{Future, pending};
use std::panic::Location;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;
use std::task::{Context, Wake, Waker};
use std::time::Duration;
use tokio::runtime::Handle;

pub(crate) enum Standing {
    Working,
    /// Without its core, in `block_in_place`.
    Away,
    /// Without its core, for good.
    ShuttingDown,
}

pub(crate) fn standing(handle: &Handle) -> Standing {
    if has_core() {
        Standing::Working
    } else if is_closed(handle) {
        Standing::ShuttingDown
    } else {
        Standing::Away
    }
}

#[derive(Default)]
struct WokenAtOnce(AtomicBool);

impl Wake for WokenAtOnce {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.0.store(true, Relaxed);
    }
}

thread_local! {
    static PROBE: (Arc<WokenAtOnce>, Waker) = {
        let probe = Arc::<WokenAtOnce>::default();
        (Arc::clone(&probe), Waker::from(probe))
    };
}

/// A worker with a core keeps the waker of `yield_now` until it looks for work; without one it wakes it at once.
fn has_core() -> bool {
    PROBE
        .try_with(|(probe, waker)| {
            probe.0.store(false, Relaxed);
            let _ = pin!(tokio::task::yield_now()).poll(&mut Context::from_waker(waker));
            !probe.0.load(Relaxed)
        })
        .unwrap_or(true)
}

/// A runtime that is shutting down cancels at once what is spawned on it.
fn is_closed(handle: &Handle) -> bool {
    let task = handle.spawn(pending::<()>());
    let closed = task.is_finished();
    task.abort();
    closed
}

/// How long a call on a worker waits before it makes sure that there is something to wait for.
const PATIENCE: Duration = Duration::from_millis(100);

/// Waits, as [`Parker::park`], on a worker that has handed its core over; `caller` is where the call was made.
///
/// # Panics
///
/// When the runtime was shutting down already: it has not taken the core, so nobody drives it any more.
pub(crate) fn park(parker: &Parker, caller: &Location<'_>) {
    if parker.park_timeout(PATIENCE) {
        return;
    }
    let closed = Handle::try_current().is_ok_and(|runtime| is_closed(&runtime));
    assert!(
        !closed,
        "the blocking call at {caller} waits in a task whose runtime is shutting down, and nobody drives that \
         runtime any more"
    );
    parker.park();
}
