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
//! A twin never panics or hangs because of where it is called: on a plain thread, inside any tokio
//! runtime, in a `LocalSet`, in `Drop`, under another executor, inside another twin. [`Context`] lists
//! the places that it tells apart and what it does in each.
//!
//! One thing no library can do. A twin blocks its thread. If what it waits for can only be delivered by
//! that very thread (say a task on the current-thread runtime that the thread is driving, or a socket
//! registered there), then nobody is left to deliver it. In async code `.await` the async fn.
//!
//! The same holds for sync-twin's own runtime, which has one thread at a time: a task that a twin has spawned there, and
//! that calls a twin in its turn, holds up all others there until that call ends. It says so on standard error after two
//! seconds. [`spawn`] has a runtime where that is no harm.
//!
//! # What a call costs
//!
//! | where | cost beyond the future itself |
//! |---|---|
//! | a future that is ready at once, anywhere but on a current-thread runtime | tens of nanoseconds: no allocation, no lock, no system call |
//! | a future that waits, on a plain thread | the thread drives sync-twin's own runtime meanwhile, or parks while another one does |
//! | a future that waits, beside a runtime | the thread parks and is woken |
//! | a future that waits, on a worker of a multi-thread runtime | [`tokio::task::block_in_place`], then the thread parks |
//! | on a thread that drives a current-thread runtime | one round trip to an isolation thread |
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
mod home;
mod isolation;
#[cfg(feature = "stream")]
mod iter;
mod lend;
mod multi_thread;
mod parker;
mod poll;
mod process;
mod round;
#[cfg(test)]
mod round_tests;
mod stall;
mod start_once;
mod sync;
mod task;
#[cfg(feature = "testing")]
#[cfg_attr(docsrs, doc(cfg(feature = "testing")))]
pub mod testing;
mod timeout;
mod to_thread;
mod worker;

pub use batch::{Batch, batch};
pub use context::Context;
#[cfg(feature = "stream")]
#[cfg_attr(docsrs, doc(cfg(feature = "stream")))]
pub use iter::{Iter, iter};
pub use sync_twin_macros::sync_wrapper;
pub use task::{Task, spawn};
pub use timeout::{Elapsed, block_on_timeout};
pub use to_thread::to_thread;

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
/// runtime it is polled in place, with a growing pause of up to a millisecond between polls whose
/// wake-ups that runtime swallows. A twin made by [`sync_wrapper`] builds its future over there instead.
///
/// Polling again helps only what is polled: a set of futures that polls those children alone that were woken
/// (`FuturesUnordered`) can lose a `yield_now` of a child there, and wait for ever. [`batch`](fn@batch) does not.
///
/// # Panics
///
/// Panics of the future reach the caller with payload and message unchanged. Panics when a thread or
/// a runtime of sync-twin's own cannot be started, naming the call site; the next call tries again.
#[track_caller]
pub fn block_on<F: IntoFuture>(future: F) -> F::Output {
    dispatch::in_place(move || future.into_future())
}

/// Starts sync-twin's own runtime now, so that a program can handle the failure to do so.
///
/// Nobody has to call this: the first call that needs the runtime starts it, and panics if that fails.
/// The runtime lives as long as the process. Calling this again is free, and after a failure tries again.
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
    home::start()
}

/// What the code generated by [`sync_wrapper`] calls. Not covered by semantic versioning.
#[doc(hidden)]
pub mod __private {
    pub use crate::call::{
        Always, Call, Crosses, CrossesBack, InPlace, Isolate, call, send_slot, slot,
    };
    #[cfg(feature = "stream")]
    pub use crate::iter::iter_in;
    pub use crate::lend::{LendHandle, in_runtime, lend};
    pub use crate::multi_thread::multi_thread;
    pub use crate::timeout::within;
}

/// The examples of the README are tests too.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct Readme;
