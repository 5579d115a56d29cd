//! How a call ends when the runtime that it is made in shuts down; see [`sentinels`](crate::sentinels).

use crate::context::ending::may_unwind;
use crate::context::task_runtime::task_runtime;
use crate::context::{Place, is_entered_by_call};
use crate::fork;
use crate::own_task;
use crate::process::process;
use crate::sentinels::{Registration, RuntimeShutdown, Stage};
use std::cell::{Cell, OnceCell};
use std::panic::{Location, resume_unwind};
use std::sync::Arc;
use std::task::Waker;
use std::time::{Duration, Instant};
use tokio::runtime::{Handle, Id};

/// How long a call, or calls in a row on one thread, must have waited before we start a sentinel for them.
pub(crate) const SENTINEL_AFTER: Duration = Duration::from_millis(100);

/// The payload with which such a call unwinds.
pub(crate) struct EndedByShutdown;

/// Ends a call when the runtime that it is made in shuts down.
pub(crate) struct EndWithRuntime {
    runtime: Handle,
    /// True for a call in a task, which we end; false for one in a blocking closure, which we only report.
    unwinds: bool,
    registration: OnceCell<Registration>,
    is_reported: Cell<bool>,
}

impl EndWithRuntime {
    /// For a call made in `place`, if a runtime may wait for it. Must be called outside the call's context.
    pub(crate) fn of(place: Place) -> Option<Self> {
        if fork::is_inherited_thread() {
            return None;
        }
        let (runtime, unwinds) = match place {
            Place::Worker | Place::Beside | Place::Plain | Place::Nested => match task_runtime() {
                Some(runtime) => (runtime, true),
                None if place == Place::Beside => {
                    let runtime = Handle::try_current().ok();
                    (
                        runtime.filter(|runtime| !is_entered_by_call(runtime.id()))?,
                        false,
                    )
                }
                None => return None,
            },
            _ => return None,
        };
        Some(EndWithRuntime {
            runtime,
            unwinds,
            registration: OnceCell::new(),
            is_reported: Cell::new(false),
        })
    }

    pub(crate) fn unwinds(&self) -> bool {
        self.unwinds
    }

    /// How long until the call, which has waited for `waited`, needs a sentinel; `None` if it has one.
    pub(crate) fn until_sentinel(&self, waited: Option<Duration>) -> Option<Duration> {
        if self.registration.get().is_some() {
            return None;
        }
        if waited.is_none() && self.unwinds && is_due(self.runtime.id()) {
            return Some(Duration::ZERO);
        }
        Some(SENTINEL_AFTER.saturating_sub(waited.unwrap_or_default()))
    }

    /// Has a sentinel wake the call by `waker` when its runtime shuts down.
    pub(crate) fn register(&self, waker: &Waker) {
        self.registration.get_or_init(|| {
            let sentinels = &process().sentinels;
            sentinels.register(&self.runtime, waker, end_after_grace)
        });
    }

    /// Ends the call if its grace is over, or reports why it goes on.
    pub(crate) fn end_if_due(&self, site: &'static Location<'static>) {
        let Some(registration) = self.registration.get() else {
            return;
        };
        let stage = registration.stage();
        let is_over = stage == Stage::Over;
        if self.unwinds && is_over && may_unwind() {
            resume_unwind(Box::new(EndedByShutdown));
        }
        let is_waited_for = is_over
            || stage == Stage::Cancelled && !(self.unwinds && process().settings.grace.is_some());
        if is_waited_for && !self.is_reported.replace(true) {
            process().reports.report_once(
                site,
                &format!(
                    "the runtime in which the blocking call at {site} was made is shutting down, and may be waiting for \
                     that call, which goes on; give it a `timeout`"
                ),
            );
        }
    }
}

/// Whether this thread has made calls in `runtime` for [`SENTINEL_AFTER`] since one of them last had a sentinel. A task that
/// makes one short call after another must end too.
fn is_due(runtime: Id) -> bool {
    thread_local! {
        static LOOKED: Cell<Option<(Id, Instant)>> = const { Cell::new(None) };
    }
    let now = Instant::now();
    match LOOKED.get() {
        Some((id, at)) if id == runtime && now.saturating_duration_since(at) < SENTINEL_AFTER => {
            false
        }
        last => {
            LOOKED.set(Some((runtime, now)));
            last.is_some_and(|(id, _)| id == runtime)
        }
    }
}

/// Ends the calls of a runtime that shuts down once their grace has passed, if they are to be ended.
fn end_after_grace(shutdown: Arc<RuntimeShutdown>) {
    let Some(grace) = process().settings.grace else {
        return;
    };
    let end = move || shutdown.enter(Stage::Over);
    match process().crew() {
        Ok(crew) => {
            drop(own_task::spawn(crew.handle(), async move {
                tokio::time::sleep(grace).await;
                end();
            }));
        }
        Err(_) => end(),
    }
}
