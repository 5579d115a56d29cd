//! Whether a thread that looks like a worker of a multi-thread runtime is at work.
//!
//! `worker_index` goes on answering when the worker has no *core* (tokio's word for the right to run a worker's
//! tasks). Two things take the core away, and in both a task just spawned waits for other threads:
//!
//! - the thread has handed it over in `block_in_place`, and is inside a `block_on` there;
//! - the runtime is shutting down, and the worker is dropping the tasks that are left. Nobody drives that
//!   runtime any more: its timers and sockets stay silent until the last worker has finished, for which they
//!   would have to wait. A twin in the `Drop` of such a task would hang in that runtime's context.

use std::future::{Future, pending};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;
use std::task::{Context, Wake, Waker};
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
