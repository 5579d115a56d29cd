//! Call async Rust from sync code, wherever that code runs.
//!
//! `#[sync_wrapper]` leaves an async fn as it is and adds a *blocking twin* beside it:
//!
//! ```
//! use sync_twin::sync_wrapper;
//!
//! #[sync_wrapper]
//! async fn double(n: u32) -> u32 {
//!     tokio::task::yield_now().await;
//!     n * 2
//! }
//!
//! // On a plain thread …
//! assert_eq!(double_sync(21), 42);
//!
//! // … and inside a current-thread runtime, where `Runtime::block_on` panics.
//! let runtime = tokio::runtime::Builder::new_current_thread().build()?;
//! runtime.block_on(async { assert_eq!(double_sync(21), 42) });
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! # The promise, and its limit
//!
//! A twin can be called from anywhere: a plain thread, any tokio runtime, a `LocalSet`, `Drop`, another twin. It does not
//! depend on the caller's runtime: not on its free workers, its threads, its clock or its life. The one thing that it
//! cannot do is to wait for something that only the thread it has blocked could deliver, say a task of the current-thread
//! runtime that this thread is driving. In async code, `.await` the async fn.
//!
//! [`Context`] lists the places that a twin tells apart and what it does in each.
//!
//! # Where a call lives
//!
//! What a future spawns, and the sockets and timers that it makes, belong to a runtime. That is never the caller's, but
//! one of two of sync-twin's own, which live as long as the process. Connections that are made on one work from the other.
//!
//! - **Home** is a current-thread runtime that its callers drive while they wait: a lone caller's I/O costs no change of
//!   thread. A call lives there when no runtime is at work on or beside its thread: on plain threads, and on isolation
//!   threads.
//! - **The crew** is a multi-thread runtime. All other calls live there. Their threads park while they wait; they never
//!   run a task of anybody else's.
//!
//! Whoever drives home also runs the tasks that others have left there, on its own stack and among its thread-locals.
//! A task of home that makes a blocking call itself *holds* home: until that call has ended, new calls go to the crew.
//!
//! `flavor = "current_thread"` puts a twin's calls on home wherever they are made, `flavor = "multi_thread"` on the crew. The
//! environment variable `SYNC_TWIN_FLAVOR` does so for all calls of the process that have no flavor of their own; its
//! third value, `auto`, is the rule above. On home a call costs half the CPU time of one that parks. On the crew no task
//! holds up another, and code that needs a multi-thread runtime (`block_in_place`) works.
//!
//! | in the async fn | on home | on the crew |
//! |---|---|---|
//! | [`tokio::task::block_in_place`] | panics in what it spawns | works in what it spawns |
//! | [`Handle::block_on`](tokio::runtime::Handle::block_on), [`Runtime::block_on`](tokio::runtime::Runtime::block_on), `blocking_recv` | works | works, but panics before the first time that a call on a worker waits, at the root of a multi-thread runtime, and in place on a driver |
//! | [`tokio::task::spawn_local`] | panics: bring a [`LocalSet`](tokio::task::LocalSet) | the same, but in place in the caller's own `LocalSet`, which runs it after the call |
//!
//! # What a call costs
//!
//! | where | cost beyond the future itself |
//! |---|---|
//! | a future that is ready at once, anywhere but on a driver | 35 to 45 ns: no allocation, no lock, no system call |
//! | a future that waits, on a plain thread | the thread drives home meanwhile, or parks while another one does |
//! | a future that waits, beside a runtime | the thread parks and is woken by the crew |
//! | a future that waits, on a worker of a multi-thread runtime | [`tokio::task::block_in_place`], then the thread parks |
//! | on a thread that drives a current-thread runtime | one round trip to an isolation thread, or if it cannot be isolated a look at the scheduler for each poll (2 ns) |
//!
//! A future of more than 16 KiB (2 KiB in a debug build) is boxed.
//!
//! # Time limits
//!
//! `tokio::time::timeout`, `select!`, the `timeout` option and those of [`batch`](fn@batch) take effect also on a future
//! that is always ready, say a socket whose peer sends faster than the future reads: each poll has a coop budget of its
//! own, as a task's has. The one exception is a call that is polled in place on a driver, where tokio's scheduler keeps
//! back the wake-up of what has used up its budget. Such a call has no budget, and a future that is always ready no end.
//!
//! # When a runtime or a process ends
//!
//! **A runtime that is shut down** cancels its tasks at their next `.await`. A task that is inside a blocking call has none:
//! its call is ended as the task is. It may still complete within a second of *grace*, and is then ended by unwinding; the
//! destructors of the task run, and the panic hook does not. (Once a call, or a row of them, has lasted 100 ms.) The
//! environment variable `SYNC_TWIN_GRACE` sets the grace in milliseconds; with `off`, and in builds with `panic = "abort"`, such a call
//! goes on and is reported. So does one in a blocking closure, which tokio lets run to its end, too.
//!
//! **A waker that panics** in the driver of home takes that down. Calls that wait on home end with a panic that says so, and the
//! next call has another home. One that panics in a worker of the crew ends that worker, and in a debug build of tokio the
//! process.
//!
//! **A child of a fork** (unix) leaves the state of its parent alone, and has runtimes of its own from its next call on. What
//! it has inherited it must not use: the task of a pooled connection does not run in the child (a call that waits five
//! seconds says so), and dropping an inherited socket makes the parent's silent, in plain tokio too, since both share the
//! epoll instance. A call that was forked in its middle panics when it has to wait next. Not to be had: with tokio's feature
//! `parking_lot` a child can crash, since that keeps a table of all parked threads of the process; nor are `vfork` and a bare
//! `clone` noticed.
//!
//! # Reports
//!
//! What may never end is reported, once for each place in your code, on standard error: a call that has waited for ten
//! seconds on the thread that drives a current-thread runtime, one that holds up home for two, one that waits for a lent
//! runtime which nobody drives, one that a runtime's shutdown waits for. A thread of sync-twin's own writes that.
//!
//! # Many futures, and the way back
//!
//! Sync code gets what async code has for concurrency, in every context: [`batch`](fn@batch) runs many futures at once,
//! with a limit, timeouts and progress; [`spawn`] runs one in the background; [`block_on_timeout`] gives up in time.
//! [`to_thread`](to_thread()) goes the other way, and calls blocking code from async code. The module `cookbook` has
//! a line for each idiom of asyncio and tokio.
//!
//! # Features
//!
//! | feature | |
//! |---|---|
//! | `stream` | twins of streams are iterators, and `iter` makes one of any stream |
//! | `testing` | `testing::in_every_context` tries a blocking API in every place that it may be called from |
//! | `tracing` | code given to [`to_thread`](to_thread()) runs in the span that awaits it |
//!
//! # Crates like this one
//!
//! The name of the attribute comes from Django's `async_to_sync`, the loop detection from what Python
//! programs do about "`asyncio.run()` cannot be called from a running event loop".

#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(target_family = "wasm")]
compile_error!(
    "sync-twin blocks the calling thread, and a thread of a wasm module must not block: \
     call the async fns with `.await` on this target"
);

pub mod batch;
mod call;
mod context;
#[cfg(any(doc, doctest))]
pub mod cookbook;
mod dispatch;
mod fork;
mod inner;
mod isolation;
#[cfg(feature = "stream")]
mod iter;
#[cfg(test)]
mod layers;
mod park;
mod poll;
mod process;
mod report;
mod runtime_choice;
mod runtimes;
mod shutdown;
mod start_once;
mod sync;
mod task;
#[cfg(feature = "testing")]
#[cfg_attr(docsrs, doc(cfg(feature = "testing")))]
pub mod testing;
mod timeout;
mod to_thread;

pub use batch::{Batch, batch};
pub use context::Context;
#[cfg(feature = "stream")]
#[cfg_attr(docsrs, doc(cfg(feature = "stream")))]
pub use iter::{Iter, iter};
pub use sync_twin_macros::sync_wrapper;
pub use task::{Task, spawn};
pub use timeout::{Elapsed, block_on_timeout};
pub use to_thread::to_thread;

use poll::is_large;
use std::future::IntoFuture;
use std::io;

/// Blocks the calling thread until `future` has completed, wherever that thread is.
///
/// This is the twin of a future that has no fn of its own. It takes anything that can be awaited
/// ([`IntoFuture`]), asks for neither `Send` nor `'static`, and may be called from every [`Context`].
///
/// ```
/// let greeting = String::from("hello");
/// let length = sync_twin::block_on(async { greeting.len() });
/// assert_eq!(length, 5);
/// ```
///
/// Objects that need a runtime when they are *created* (`tokio::time::sleep`, for one) have to be
/// created inside the future: `block_on(async { sleep(second).await })`, not `block_on(sleep(second))`.
///
/// # Cost
///
/// That of a twin, with one difference. A future that exists already cannot be moved to another thread
/// unless it is `Send`, which this fn does not ask for. So on a thread that drives a current-thread
/// runtime it is polled in place. A twin made by [`sync_wrapper`] builds its future over there instead.
///
/// In place on such a thread, that runtime keeps back the wake-ups of `yield_now`. The future is polled again then. But a
/// set of futures that polls those children alone that were woken (`FuturesUnordered`, `join_all` of many) can lose a
/// `yield_now` of a child there, and wait for ever. [`batch`](fn@batch) does not.
///
/// # Panics
///
/// Panics of the future reach the caller with payload and message unchanged. Panics when a thread or
/// a runtime of sync-twin's own cannot be started, naming the call site; the next call tries again.
#[track_caller]
pub fn block_on<F: IntoFuture>(future: F) -> F::Output {
    if const { is_large::<F>() } {
        // Every fn that it is passed through has room for it on the stack, in a debug build.
        let future = Box::new(future);
        return dispatch::block_here(move || (*future).into_future());
    }
    dispatch::block_here(move || future.into_future())
}

/// Starts sync-twin's own runtimes now, so that a program can handle the failure to do so.
///
/// Nobody has to call this: the first call that needs one starts it, and panics if that fails. They live as long as the
/// process. Calling this again is free, and after a failure tries again.
///
/// # Errors
///
/// What the operating system answers when it refuses a thread or a file descriptor.
///
/// ```
/// sync_twin::start()?;
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn start() -> io::Result<()> {
    let process = process::process();
    process.home()?;
    process.crew().map(drop)
}

/// What the code generated by [`sync_wrapper`] calls. Not covered by semantic versioning.
#[doc(hidden)]
pub mod __private {
    pub use crate::call::{
        Call, InPlace, IsolateAlways, IsolateOnDriver, IsolatedArg, IsolatedOutput, arg_type, call,
        call_on, send_arg_type,
    };
    pub use crate::dispatch::in_context;
    pub use crate::inner::Inner;
    #[cfg(feature = "stream")]
    pub use crate::iter::iter_on;
    pub use crate::runtime_choice::flavor::{auto, current_thread, multi_thread};
    pub use crate::runtime_choice::lend::{lend, lend_handle};
    pub use crate::runtime_choice::to_owned_choice;
    pub use crate::timeout::within;
}

/// The examples of the README are tests too.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct Readme;
