//! Tests for blocking APIs: do they work wherever they may be called from? (feature `testing`)
//!
//! A blocking fn that you have tested only on a plain thread may still panic or hang where your users call it: in an axum
//! handler, in a `#[tokio::test]`, in a `Drop`. [`in_every_context`] calls it in all of these places.
//!
//! ```
//! use std::time::Duration;
//! use sync_twin::sync_wrapper;
//! use sync_twin::testing::in_every_context;
//!
//! #[sync_wrapper]
//! async fn answer() -> u32 {
//!     tokio::time::sleep(Duration::from_millis(1)).await;
//!     42
//! }
//!
//! in_every_context(|| assert_eq!(answer_sync(), 42));
//! ```
//!
//! For example, it finds the fault of a fn that starts a runtime of its own:
//!
//! ```should_panic
//! # use sync_twin::testing::in_every_context;
//! # async fn answer() -> u32 { 42 }
//! fn answer_sync() -> u32 {
//!     let runtime = tokio::runtime::Runtime::new().expect("it starts");
//!     runtime.block_on(answer())
//! }
//!
//! // the code does not work in 13 of 25 contexts: …
//! //   the root of a multi-thread runtime: panicked: Cannot start a runtime from within a runtime. …
//! in_every_context(|| assert_eq!(answer_sync(), 42));
//! ```
//!
//! A call does not live on the runtime of the test that makes it, and so does not have that one's clock. [`on_runtime`] gives
//! it the runtime and the clock of your choice.

pub use crate::on_runtime::on_runtime;

use crate::dispatch::in_async::Silence;
use crate::dispatch::{self, MayStay, Origin};
use crate::inspect::blocked_calls;
use crate::runtime_choice::flavor::auto;
use crate::stall::threshold::ForTests;
use std::any::Any;
use std::fmt::Write;
use std::future::Future;
use std::panic::{AssertUnwindSafe, Location, catch_unwind, panic_any, resume_unwind};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;
use tokio::runtime::{Builder, LocalOptions, LocalRuntime, Runtime};
use tokio::task::{LocalSet, block_in_place, spawn_blocking, spawn_local, yield_now};

/// Far more than any context needs by itself. It does not measure speed; it means "hangs".
const DEADLINE: Duration = Duration::from_secs(30);

/// Calls `code` once in every kind of place that blocking code is called from, one after another.
///
/// These are: a plain thread; the root and a task of a multi-thread runtime, of one with a single worker, of a
/// current-thread runtime and of a `LocalRuntime`; a `LocalSet` in either kind of runtime; `spawn_blocking`,
/// `block_in_place` and `enter()` guards, also of a runtime that nobody drives; a `drop` during unwinding, on a plain
/// thread and in a task; inside a twin, in a task and in a `spawn_blocking` of a twin, both as it is on a plain thread
/// and as it is on an isolation thread; inside [`spawn`](crate::spawn), [`to_thread`](crate::to_thread()) and code that a task
/// [serves](crate::ToThread::serve_local); and with the feature `fiber`, in a fiber of a current-thread runtime and on a fiber thread.
///
/// Each call is made on a thread of its own, and has 30 seconds to end; [`in_every_context_within`] sets another time.
/// Blocking calls are [reported](crate#reports) after one second.
/// You may call this from wherever a test runs.
///
/// # Panics
///
/// When `code` panics or hangs in some context. The message names every context that failed, and how; for a hang it lists
/// the [blocked calls](crate::blocked_calls) of the process. After a hang no further context is tried, and the thread that
/// hangs stays behind.
#[track_caller]
pub fn in_every_context(code: impl Fn() + Send + Sync + 'static) {
    in_every_context_within(DEADLINE, code);
}

/// [`in_every_context`], with a `deadline` for each context.
///
/// ```
/// # use std::time::Duration;
/// # use sync_twin::testing::in_every_context_within;
/// in_every_context_within(Duration::from_secs(60), || {
///     assert_eq!(sync_twin::block_on(async { 6 * 7 }), 42);
/// });
/// ```
///
/// # Panics
///
/// As [`in_every_context`] does.
#[track_caller]
pub fn in_every_context_within(deadline: Duration, code: impl Fn() + Send + Sync + 'static) {
    let code: Arc<dyn Fn() + Send + Sync> = Arc::new(code);
    let _thresholds = ForTests::begin();
    let mut failures = Vec::new();
    for &(name, context) in CONTEXTS {
        let outcome = try_in(name, context, &code, deadline);
        let hangs = matches!(outcome, Outcome::Hang);
        if let Some(failure) = outcome.describe(deadline) {
            failures.push((name, failure));
        }
        if hangs {
            break;
        }
    }
    if !failures.is_empty() {
        panic!("{}", report(&failures));
    }
}

fn report(failures: &[(&str, String)]) -> String {
    let mut report = format!(
        "the code does not work in {} of {} contexts:",
        failures.len(),
        CONTEXTS.len()
    );
    for (name, failure) in failures {
        let first = failures.iter().find(|(_, other)| other == failure);
        // Writing to a `String` cannot fail.
        let _ = match first {
            Some((first, _)) if first != name => {
                write!(report, "\n  {name}: the same as in {first}")
            }
            _ => write!(report, "\n  {name}: {failure}"),
        };
    }
    report
}

/// How the code ended in one context.
enum Outcome {
    Fine,
    Panic(Box<dyn Any + Send>),
    Hang,
    /// The context has not called it.
    NotCalled(Box<dyn Any + Send>),
}

impl Outcome {
    fn describe(&self, deadline: Duration) -> Option<String> {
        Some(match self {
            Outcome::Fine => return None,
            Outcome::Panic(panic) => format!("panicked: {}", message(&**panic)),
            Outcome::Hang => {
                let mut failure = format!(
                    "has not ended within {deadline:?} (the contexts after it were not tried)"
                );
                for call in blocked_calls() {
                    let _ = write!(failure, "\n    blocked: {call}");
                }
                failure
            }
            Outcome::NotCalled(panic) => format!("could not be set up: {}", message(&**panic)),
        })
    }
}

fn message(panic: &(dyn Any + Send)) -> &str {
    let string = panic.downcast_ref::<String>().map(String::as_str);
    string
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("(not with a message)")
}

fn try_in(
    name: &str,
    context: RunThere,
    code: &Arc<dyn Fn() + Send + Sync>,
    deadline: Duration,
) -> Outcome {
    let attempt = Attempt {
        code: Arc::clone(code),
        outcome: Arc::default(),
    };
    let (ended, end) = mpsc::sync_channel(1);
    let thread = thread::Builder::new().name(name.to_owned()).spawn({
        let attempt = attempt.clone();
        move || {
            let outcome = catch_unwind(AssertUnwindSafe(|| context(attempt)));
            // Nobody listens any more after the deadline.
            let _ = ended.send(outcome);
        }
    });
    if let Err(error) = thread {
        return Outcome::NotCalled(Box::new(error.to_string()));
    }
    let context = match end.recv_timeout(deadline) {
        Ok(outcome) => outcome,
        Err(RecvTimeoutError::Timeout) => return Outcome::Hang,
        Err(RecvTimeoutError::Disconnected) => unreachable!("it catches panics"),
    };
    match (attempt.outcome().take(), context) {
        (Some(Err(panic)), _) => Outcome::Panic(panic),
        (Some(Ok(())), Ok(())) => Outcome::Fine,
        (_, Err(panic)) => Outcome::NotCalled(panic),
        (None, Ok(())) => Outcome::NotCalled(Box::new("it ended without calling the code")),
    }
}

/// The code, for a context to call. It stores the outcome, since a panic cannot leave some contexts.
#[derive(Clone)]
struct Attempt {
    code: Arc<dyn Fn() + Send + Sync>,
    outcome: Arc<Mutex<Option<thread::Result<()>>>>,
}

impl Attempt {
    fn run(&self) {
        // Whether it should be called here is not what is tested.
        let silence = Silence::begin();
        let outcome = catch_unwind(AssertUnwindSafe(|| (self.code)()));
        drop(silence);
        *self.outcome() = Some(outcome);
    }

    fn outcome(&self) -> MutexGuard<'_, Option<thread::Result<()>>> {
        self.outcome.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Calls the code in an async block that has been suspended before, and is suspended again afterwards.
    async fn run_async(self) {
        yield_now().await;
        self.run();
        yield_now().await;
    }

    async fn run_in_task(self) {
        join(tokio::spawn(self.run_async())).await;
    }

    async fn run_in_local_task(self) {
        join(spawn_local(self.run_async())).await;
    }

    async fn run_in_spawn_blocking(self) {
        join(spawn_blocking(move || self.run())).await;
    }

    /// Calls the code in a `drop` while a panic passes.
    fn run_unwinding(self) {
        struct OnDrop(Attempt);
        impl Drop for OnDrop {
            fn drop(&mut self) {
                self.0.run();
            }
        }
        // The hook is not called: its output would look like a failure.
        let _ = catch_unwind(AssertUnwindSafe(|| {
            let _on_drop = OnDrop(self);
            resume_unwind(Box::new(()));
        }));
    }
}

async fn join(task: impl Future<Output = Result<(), tokio::task::JoinError>>) {
    if let Err(error) = task.await {
        panic_any(error.to_string());
    }
}

type RunThere = fn(Attempt);

/// Every context: its name, and a fn that runs the code there. The fn is called on a new thread.
const CONTEXTS: &[(&str, RunThere)] = &[
    ("a plain thread", |attempt| attempt.run()),
    ("a drop during unwinding", Attempt::run_unwinding),
    ("the root of a multi-thread runtime", |attempt| {
        multi_thread().block_on(attempt.run_async());
    }),
    ("a task of a multi-thread runtime", |attempt| {
        multi_thread().block_on(attempt.run_in_task());
    }),
    ("the root of a one-worker runtime", |attempt| {
        one_worker().block_on(attempt.run_async());
    }),
    ("a task of a one-worker runtime", |attempt| {
        one_worker().block_on(attempt.run_in_task());
    }),
    ("a drop during unwinding in a task", |attempt| {
        one_worker().block_on(async {
            join(tokio::spawn(async move { attempt.run_unwinding() })).await;
        });
    }),
    ("block_in_place in a multi-thread runtime", |attempt| {
        multi_thread().block_on(async {
            join(tokio::spawn(
                async move { block_in_place(|| attempt.run()) },
            ))
            .await;
        });
    }),
    ("spawn_blocking in a multi-thread runtime", |attempt| {
        multi_thread().block_on(attempt.run_in_spawn_blocking());
    }),
    ("an enter() guard of a multi-thread runtime", |attempt| {
        let runtime = multi_thread();
        let _context = runtime.enter();
        attempt.run();
    }),
    ("the root of a current-thread runtime", |attempt| {
        current_thread().block_on(attempt.run_async());
    }),
    ("a task of a current-thread runtime", |attempt| {
        current_thread().block_on(attempt.run_in_task());
    }),
    ("spawn_blocking in a current-thread runtime", |attempt| {
        current_thread().block_on(attempt.run_in_spawn_blocking());
    }),
    (
        "an enter() guard of a current-thread runtime that nobody drives",
        |attempt| {
            let runtime = current_thread();
            let _context = runtime.enter();
            attempt.run();
        },
    ),
    ("a LocalSet in a multi-thread runtime", |attempt| {
        LocalSet::new().block_on(&multi_thread(), attempt.run_in_local_task());
    }),
    ("a LocalSet in a current-thread runtime", |attempt| {
        LocalSet::new().block_on(&current_thread(), attempt.run_in_local_task());
    }),
    ("a task of a LocalRuntime", |attempt| {
        local().block_on(attempt.run_in_local_task());
    }),
    ("a twin", |attempt| {
        dispatch::block_here(|| attempt.run_async())
    }),
    ("a task of a twin", |attempt| {
        dispatch::block_here(|| attempt.run_in_task());
    }),
    ("spawn_blocking in a twin", |attempt| {
        dispatch::block_here(|| attempt.run_in_spawn_blocking());
    }),
    ("an isolated twin", |attempt| {
        dispatch::block_isolated::<MayStay, _, _, _>(
            Location::caller(),
            Origin::OURS,
            &auto(),
            || attempt.run_async(),
        );
    }),
    ("a task of an isolated twin", |attempt| {
        dispatch::block_isolated::<MayStay, _, _, _>(
            Location::caller(),
            Origin::OURS,
            &auto(),
            || attempt.run_in_task(),
        );
    }),
    ("sync_twin::spawn", |attempt| {
        crate::spawn(attempt.run_async()).join();
    }),
    ("sync_twin::to_thread", |attempt| {
        crate::block_on(crate::to_thread(move || attempt.run()));
    }),
    ("code that a current-thread runtime serves", |attempt| {
        current_thread().block_on(crate::to_thread(move || attempt.run()).serve_local());
    }),
    #[cfg(feature = "fiber")]
    ("a fiber in a current-thread runtime", |attempt| {
        current_thread().block_on(crate::fiber(move || attempt.run()));
    }),
    #[cfg(feature = "fiber")]
    ("sync_twin::to_fiber", |attempt| {
        crate::block_on(crate::to_fiber(move || attempt.run()));
    }),
];

fn multi_thread() -> Runtime {
    built(Builder::new_multi_thread().worker_threads(2))
}

fn one_worker() -> Runtime {
    built(Builder::new_multi_thread().worker_threads(1))
}

fn current_thread() -> Runtime {
    built(&mut Builder::new_current_thread())
}

fn built(builder: &mut Builder) -> Runtime {
    builder
        .enable_all()
        .build()
        .expect("a runtime for the context")
}

fn local() -> LocalRuntime {
    Builder::new_current_thread()
        .enable_all()
        .build_local(LocalOptions::default())
        .expect("a runtime for the context")
}
