//! Calls in tasks of a runtime that is shut down.
//!
//! tokio cancels a task at its next `.await`, and a task in a blocking call has none: that runtime would wait for the
//! call, which no longer depends on it. So the call is ended as the task is. While calls of its tasks wait for long, each
//! runtime has one task of ours, the *sentinel*. When it is dropped before it has ended, its runtime is shutting down. The
//! calls have a *grace* in which they may still complete; then they are ended by unwinding.
//!
//! tokio lets a blocking closure run to its end, and so are calls in it. That the runtime waits for them is reported.
//!
//! ```text
//!   Open ──▶ Closed      the last call has gone, and the sentinel ends
//!   Open ──▶ Cancelled ──▶ Over      the runtime shuts down; the grace has passed
//! ```
//!
//! Once cancelled it stays so: a later call of the same runtime has no grace of its own.

use crate::context::{Place, is_entered_by_call};
use crate::process::process;
use crate::runtimes::crew::crew;
use std::cell::{Cell, OnceCell, RefCell};
use std::collections::HashMap;
use std::env;
use std::future::Future;
use std::mem;
use std::panic::{Location, resume_unwind};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::{Duration, Instant};
use tokio::runtime::{Handle, Id};

/// How long a call waits, or the calls of a thread one after the other, until a sentinel is there for them.
pub(crate) const SENTINEL_AFTER: Duration = Duration::from_millis(100);

/// What a call that is ended unwinds with.
struct EndedByShutdown;

thread_local! {
    /// The runtime for one of whose tasks this thread is in a call.
    static TASK_RUNTIME: RefCell<Option<Handle>> = const { RefCell::new(None) };
}

/// This thread is in a call for a task of a runtime, or for none, until this is dropped.
pub(crate) struct InTaskOf {
    enclosing: Option<Handle>,
}

impl InTaskOf {
    pub(crate) fn of(caller: Option<Handle>) -> Self {
        let enclosing = TASK_RUNTIME.try_with(|here| here.replace(caller));
        InTaskOf {
            enclosing: enclosing.unwrap_or_default(),
        }
    }
}

impl Drop for InTaskOf {
    fn drop(&mut self) {
        let _ = TASK_RUNTIME.try_with(|here| here.replace(self.enclosing.take()));
    }
}

/// The runtime for one of whose tasks this thread is in a call.
pub(crate) fn task_runtime() -> Option<Handle> {
    TASK_RUNTIME
        .try_with(|here| here.borrow().clone())
        .ok()
        .flatten()
}

/// The runtimes that have a sentinel, or have had one when they were shut down.
pub(crate) struct Sentinels(Mutex<Option<HashMap<Id, Arc<RuntimeShutdown>>>>);

/// With more shutdowns than that, those of runtimes that are gone are forgotten.
const MANY: usize = 256;

impl Sentinels {
    pub(crate) const fn new() -> Self {
        Sentinels(Mutex::new(None))
    }

    /// The shutdown of `runtime`, with a sentinel at it, and a key to the place there that `waker` has got.
    fn register(&self, runtime: &Handle, waker: &Waker) -> (Arc<RuntimeShutdown>, u64) {
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

struct RuntimeShutdown(Mutex<State>);

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
enum Stage {
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

    /// Whether nobody needs it any more; `is_large` says that a new grace for late calls would be the lesser evil.
    fn is_done(&self, is_large: bool) -> bool {
        let state = self.lock();
        match state.stage {
            Stage::Open => false,
            Stage::Closed => true,
            Stage::Cancelled | Stage::Over => is_large && state.calls.is_empty(),
        }
    }

    /// Goes on to `stage`, and wakes all calls to see that.
    fn enter(&self, stage: Stage) {
        let calls: Vec<Waker> = {
            let mut state = self.lock();
            state.stage = stage;
            // It holds on to the runtime.
            state.sentinel = None;
            state.calls.values().cloned().collect()
        };
        calls.into_iter().for_each(Waker::wake);
    }
}

/// What becomes of a call if the runtime that it is made in shuts down.
pub(crate) struct EndWithRuntime {
    runtime: Handle,
    /// Whether it is made in a task, and ended, or in a blocking closure, and only reported.
    unwinds: bool,
    registration: OnceCell<Registration>,
    is_reported: Cell<bool>,
}

impl EndWithRuntime {
    /// That of a call which is made in `place`, if a runtime may wait for it. To be called outside the call's context.
    pub(crate) fn of(place: Place) -> Option<Self> {
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

    /// How long it is until a sentinel is to look after the call, which has waited for so long; `None` if one does.
    pub(crate) fn until_sentinel(&self, waited: Option<Duration>) -> Option<Duration> {
        if self.registration.get().is_some() {
            return None;
        }
        if waited.is_none() && self.unwinds && is_due(self.runtime.id()) {
            return Some(Duration::ZERO);
        }
        Some(SENTINEL_AFTER.saturating_sub(waited.unwrap_or_default()))
    }

    /// Lets a sentinel look after the call, which `waker` wakes.
    pub(crate) fn register(&self, waker: &Waker) {
        self.registration
            .get_or_init(|| Registration::begin(&self.runtime, waker));
    }

    /// Ends the call if it is time to, or says why not.
    pub(crate) fn end_if_due(&self, site: &'static Location<'static>) {
        let Some(registration) = self.registration.get() else {
            return;
        };
        let stage = registration.shutdown.lock().stage;
        let is_over = stage == Stage::Over;
        if self.unwinds && is_over && may_unwind() {
            resume_unwind(Box::new(EndedByShutdown));
        }
        let is_waited_for =
            is_over || stage == Stage::Cancelled && !(self.unwinds && Grace::is_on());
        if is_waited_for && !self.is_reported.replace(true) {
            process().reports.report_once(
                site,
                &format!(
                    "the runtime in which the blocking call at {site} was made is shutting down, and may be waiting for \
                     that call, which is not ended; give it a `timeout`"
                ),
            );
        }
    }
}

/// Whether calls of this thread in a runtime have gone on for [`SENTINEL_AFTER`] since one was last looked after: a task that makes
/// one short call after the other has to be ended too.
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

/// Not while the thread is unwinding already, and not where that would end the process.
fn may_unwind() -> bool {
    !thread::panicking() && !cfg!(panic = "abort")
}

/// A call's place at the post of its runtime.
struct Registration {
    shutdown: Arc<RuntimeShutdown>,
    key: u64,
}

impl Registration {
    fn begin(runtime: &Handle, waker: &Waker) -> Self {
        let (shutdown, key) = process().sentinels.register(runtime, waker);
        let is_missing = !mem::replace(&mut shutdown.lock().has_sentinel, true);
        if is_missing {
            // Without a lock: a runtime that has been shut down drops the task at once.
            drop(runtime.spawn(Sentinel(Arc::clone(&shutdown))));
        }
        Registration { shutdown, key }
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
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

/// A task of the user's runtime, for as long as calls of that wait.
struct Sentinel(Arc<RuntimeShutdown>);

impl Future for Sentinel {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut state = self.0.lock();
        if state.stage == Stage::Closed {
            return Poll::Ready(());
        }
        state.sentinel = Some(cx.waker().clone());
        Poll::Pending
    }
}

impl Drop for Sentinel {
    fn drop(&mut self) {
        if self.0.lock().stage != Stage::Open {
            return;
        }
        self.0.enter(Stage::Cancelled);
        let Some(Grace(grace)) = Grace::of_process() else {
            return;
        };
        let shutdown = Arc::clone(&self.0);
        let end = move || shutdown.enter(Stage::Over);
        match crew() {
            Ok(crew) => {
                crew.handle().spawn(async move {
                    tokio::time::sleep(grace).await;
                    end();
                });
            }
            Err(_) => end(),
        }
    }
}

/// How long calls may go on in tasks of a runtime that shuts down.
#[derive(Clone, Copy)]
struct Grace(Duration);

/// The environment variable that says so in milliseconds, or `off`.
const VARIABLE: &str = "SYNC_TWIN_GRACE";

const DEFAULT: Duration = Duration::from_secs(1);

impl Grace {
    fn is_on() -> bool {
        Grace::of_process().is_some()
    }

    /// `None` if calls are not to be ended.
    fn of_process() -> Option<Self> {
        static OF_PROCESS: OnceLock<Option<Grace>> = OnceLock::new();
        *OF_PROCESS.get_or_init(|| {
            let value = env::var(VARIABLE).unwrap_or_default();
            match value.parse() {
                Ok(milliseconds) => Some(Grace(Duration::from_millis(milliseconds))),
                Err(_) if value == "off" => None,
                Err(_) => {
                    if !value.is_empty() {
                        process().reports.report(&format!(
                            "{VARIABLE} is `{value}`: write a number of milliseconds, or `off`; {DEFAULT:?} is what holds now"
                        ));
                    }
                    Some(Grace(DEFAULT))
                }
            }
        })
    }
}
