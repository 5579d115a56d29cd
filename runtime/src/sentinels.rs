//! Calls in tasks of a runtime that is shut down.
//!
//! tokio cancels a task at its next `.await`. A task in a blocking call does not reach one, so the runtime would wait for the
//! call, which does not depend on the runtime. So the call ends with the task. While calls of its tasks wait for long, each
//! runtime has one task of ours, the *sentinel*. If the sentinel is dropped before it has completed, its runtime is shutting
//! down. The calls then have a *grace* in which they may still complete. After that they unwind.
//!
//! tokio lets a blocking closure run to its end, and the calls in it go on as well. We report that the runtime waits for
//! them.
//!
//! ```text
//!   Open ──▶ Closed      the last call has gone, and the sentinel ends
//!   Open ──▶ Cancelled ──▶ Over      the runtime shuts down; the grace has passed
//! ```
//!
//! Once cancelled it stays so: a later call of the same runtime has no grace of its own.

use crate::fork;
use crate::own_task;
use std::collections::HashMap;
use std::future::Future;
use std::mem;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use tokio::runtime::{Handle, Id};

/// The runtimes that have a sentinel, or have had one when they were shut down.
pub(crate) struct Sentinels(Mutex<Option<HashMap<Id, Arc<RuntimeShutdown>>>>);

/// With more entries than that, we forget runtimes that are gone.
const MANY: usize = 256;

impl Sentinels {
    pub(crate) const fn new() -> Self {
        Sentinels(Mutex::new(None))
    }

    /// Has `waker` woken at each stage of a shutdown of `runtime`, until the registration is dropped.
    ///
    /// `on_cancel` is what a sentinel calls when it finds its runtime shutting down. It leads to [`Stage::Over`], if that
    /// is to be.
    pub(crate) fn register(
        &self,
        runtime: &Handle,
        waker: &Waker,
        on_cancel: OnCancel,
    ) -> Registration {
        let (shutdown, key) = self.enlist(runtime, waker);
        let is_missing = !mem::replace(&mut shutdown.lock().has_sentinel, true);
        if is_missing {
            // Without a lock: a runtime that has been shut down drops the task at once.
            let shutdown = Arc::clone(&shutdown);
            drop(own_task::spawn(
                runtime,
                Sentinel {
                    shutdown,
                    on_cancel,
                },
            ));
        }
        Registration { shutdown, key }
    }

    /// The shutdown of `runtime`, and the key under which it has `waker`.
    fn enlist(&self, runtime: &Handle, waker: &Waker) -> (Arc<RuntimeShutdown>, u64) {
        let mut shutdowns = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let shutdowns = shutdowns.get_or_insert_default();
        if let Some(shutdown) = shutdowns.get(&runtime.id()) {
            if let Some(key) = shutdown.register(waker) {
                return (Arc::clone(shutdown), key);
            }
        }
        let is_large = shutdowns.len() > MANY;
        shutdowns.retain(|_, shutdown| !shutdown.is_done(is_large));
        let shutdown = Arc::new(RuntimeShutdown(Mutex::new(State::default())));
        let key = shutdown.register(waker).unwrap_or_default();
        shutdowns.insert(runtime.id(), Arc::clone(&shutdown));
        (shutdown, key)
    }
}

/// The shutdown of one runtime, from before it begins.
pub(crate) struct RuntimeShutdown(Mutex<State>);

pub(crate) type OnCancel = fn(Arc<RuntimeShutdown>);

#[derive(Default)]
struct State {
    stage: Stage,
    /// Wakes the calls.
    calls: HashMap<u64, Waker>,
    next: u64,
    /// Wakes the sentinel, once that has been polled.
    sentinel: Option<Waker>,
    has_sentinel: bool,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Stage {
    #[default]
    Open,
    Closed,
    Cancelled,
    Over,
}

impl RuntimeShutdown {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn register(&self, waker: &Waker) -> Option<u64> {
        let mut state = self.lock();
        if state.stage == Stage::Closed {
            return None;
        }
        let key = state.next;
        state.next += 1;
        state.calls.insert(key, waker.clone());
        Some(key)
    }

    /// Whether nobody needs it any more. `is_large` says that the list is so long that late calls may get a new grace.
    fn is_done(&self, is_large: bool) -> bool {
        let state = self.lock();
        match state.stage {
            Stage::Open => false,
            Stage::Closed => true,
            Stage::Cancelled | Stage::Over => is_large && state.calls.is_empty(),
        }
    }

    /// Enters `stage`, and wakes all calls.
    pub(crate) fn enter(&self, stage: Stage) {
        let calls: Vec<Waker> = {
            let mut state = self.lock();
            state.stage = stage;
            // The waker keeps the runtime alive.
            state.sentinel = None;
            state.calls.values().cloned().collect()
        };
        calls.into_iter().for_each(Waker::wake);
    }
}

/// A call that is told of the shutdown of its runtime.
pub(crate) struct Registration {
    shutdown: Arc<RuntimeShutdown>,
    key: u64,
}

impl Registration {
    pub(crate) fn stage(&self) -> Stage {
        self.shutdown.lock().stage
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        if fork::is_inherited_thread() {
            // It is the parent's, where somebody may have had it locked.
            return;
        }
        let sentinel = {
            let mut state = self.shutdown.lock();
            state.calls.remove(&self.key);
            if !state.calls.is_empty() || state.stage != Stage::Open {
                return;
            }
            state.stage = Stage::Closed;
            state.sentinel.take()
        };
        if let Some(sentinel) = sentinel {
            sentinel.wake();
        }
    }
}

/// A task of the user's runtime, for as long as calls wait there.
struct Sentinel {
    shutdown: Arc<RuntimeShutdown>,
    on_cancel: OnCancel,
}

impl Future for Sentinel {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut state = self.shutdown.lock();
        if state.stage == Stage::Closed {
            return Poll::Ready(());
        }
        state.sentinel = Some(cx.waker().clone());
        Poll::Pending
    }
}

impl Drop for Sentinel {
    fn drop(&mut self) {
        if self.shutdown.lock().stage != Stage::Open {
            return;
        }
        self.shutdown.enter(Stage::Cancelled);
        (self.on_cancel)(Arc::clone(&self.shutdown));
    }
}
