//! Call async Rust from sync code, wherever that code runs.
//!
//! [`#[sync_wrapper]`](macro@sync_wrapper) leaves an async fn as it is and adds a *blocking twin* beside it:
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
//! depend on the caller's runtime: not on its free workers, its threads, its clock or its life. There is one limit: a twin
//! cannot wait for something that only the blocked thread itself could deliver, such as a task of the current-thread runtime
//! that this thread is driving. In async code, `.await` the async fn. Sync code below async code can [be served](ToThread::serve) by
//! the task that awaits it, and then may wait for that, too.
//!
//! Calls live on two runtimes of sync-twin's own: *home*, which its callers drive while they wait, and the *crew*, which works
//! for callers that are inside or beside a runtime. Threads that share no client can have a runtime each. [The chapter on contexts](guide::contexts) has the rule.
//!
//! # What is here
//!
//! | from sync code | |
//! |---|---|
//! | [`#[sync_wrapper]`](macro@sync_wrapper) | twins of fns, methods, traits, modules; blocking types and traits |
//! | [`block_on`], [`block_on_timeout`], [`block_on_cancel`], [`block_on_with`] | any future, from anywhere |
//! | [`batch`](fn@batch) | many futures at once, with a limit, timeouts and progress |
//! | [`spawn`] | a task in the background: [`Task`] |
//! | `iter` (feature `stream`) | a blocking iterator over a stream |
//! | [`io`] | blocking readers and writers over async ones, and back |
//! | [`closing`](closing()) | an async drop: a guard that closes its value by async code |
//!
//! | from async code | |
//! |---|---|
//! | `fiber` (feature `fiber`) | sync code in the task itself, whose blocking calls suspend the task |
//! | `to_fiber` (feature `fiber`) | such code on a few threads of sync-twin's own, thousands at a time |
//! | [`to_thread`](to_thread()) | blocking code, on a thread where it may block, or on [threads of yours](ToThread::on) |
//! | [`to_thread(…).serve()`](ToThread::serve), [`serve_local`](ToThread::serve_local) | the same, and the awaiting task polls what that code waits for |
//! | [`caller`](caller()), [`without_cancel`](without_cancel()) | in that code: the task, and what must not be ended with it |
//!
//! | about calls | |
//! |---|---|
//! | [`Context`], [`Context::current`] | where a call is made |
//! | [`blocked_calls`], [`metrics`] | which calls wait now, and figures about all |
//! | [`Cancel`] | ends calls from another thread |
//! | [`Elapsed`], [`Cancelled`] | the errors of calls that were ended |
//! | [`carry`](carry()) | task-locals and thread-locals that hold where a call runs on another thread |
//! | `testing` (feature `testing`) | runs your blocking API wherever it may be called from |
//!
//! | about the process | |
//! |---|---|
//! | [`start`], [`shutdown`](shutdown()) | starts sync-twin's own threads early, and ends them |
//! | [`Builder`] | sets up threads, stacks, thresholds, the flavor … before the first use |
//!
//! **[The guide](guide)** explains all of it, from the first twin to replacing a hand-written blocking module.
//! **[`misuse`]** has a page for each code of an error, such as `SW301`.
//!
//! # Reports
//!
//! A call that may never end is reported on standard error, once for each place in your code and [`Context`]: where it is made, on which
//! thread, why it most likely does not end, and what to write instead. Every call that waits is reported: after ten seconds on a thread that drives a
//! current-thread runtime and on a worker, after a minute elsewhere, sooner where no doubt is left. `SYNC_TWIN_STALL`
//! sets that time in milliseconds, or turns reports `off`; so does [`Builder::stall_after`]. [`guide::it_hangs`] has a table of what can be recognized, and the way
//! out of each. With the feature `tracing`, reports are events for a global subscriber.
//!
//! Threads of sync-twin's own notice and write, while calls wait. A report neither holds a call up nor fails it, whatever has become of
//! standard error.
//!
//! A panic that comes to a call from another thread is followed by a line with the place of that call.
//!
//! # Cost
//!
//! A future that is ready at once costs 40 to 60 ns on top, anywhere but on a thread that drives a current-thread runtime: no
//! allocation, no lock, no system call. One that waits costs what
//! a private runtime's would, or one round trip to another thread. [By context](guide::contexts#what-a-call-costs), and
//! [measured against others](guide::benchmarks). The first call starts one thread to start others, and those that it needs:
//! [what your process notices](guide::your_process).
//!
//! # Features
//!
//! | feature | |
//! |---|---|
//! | `fiber` | `fiber` and `to_fiber` run sync code on a stack of its own, whose blocking calls suspend it |
//! | `futures-io` | `io::BlockingFutures` is std's `Read`, `BufRead`, `Write` and `Seek` over the traits of `futures-io` |
//! | `serve` (on by default) | [`to_thread(…).serve()`](ToThread::serve), in tasks that may move to another thread; twins learn whether their futures are `Send`, for which the compiler takes up to a tenth longer (`serve_local` needs no feature) |
//! | `stream` | twins of streams are iterators, and `iter` turns any stream into one |
//! | `testing` | `testing::in_every_context` tests a blocking API in every kind of place it may be called from, `testing::on_runtime` with a clock of its own |
//! | `tokio-util` | `tokio_util::sync::CancellationToken` [cancels](Cancellation) calls, as [`Cancel`] does |
//! | `tracing` | the current span and dispatcher hold in isolated calls, [`spawn`] and [`to_thread`](to_thread()), too; [reports](#reports) are events |
//!
//! The others are off by default. Minimum supported Rust: 1.85. Minimum tokio: 1.54.
//!
//! # Where the ideas come from
//!
//! From Python: a sync twin of an async fn from Django's `async_to_sync`, the detection of a running loop from what programs do
//! about "`asyncio.run()` cannot be called from a running event loop", tasks that serve sync code from asgiref and anyio.

#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(target_family = "wasm")]
compile_error!(
    "sync-twin blocks the calling thread, and a thread of a wasm module must not block: \
     call the async fns with `.await` on this target"
);

pub mod batch;
mod builder;
mod call;
mod caller;
mod calls;
mod cancel;
mod carry;
mod context;
mod convert;
mod departure;
mod dispatch;
mod ending;
mod family;
#[cfg(feature = "fiber")]
mod fiber;
mod forget_panic;
mod fork;
#[cfg(any(doc, doctest))]
pub mod guide;
mod hooks;
mod inheritance;
mod inner;
mod inspect;
pub mod io;
mod isolation;
#[cfg(feature = "stream")]
mod iter;
#[cfg(test)]
mod layers;
// Its code is compiled by the tests that it is made from.
#[cfg(all(doc, not(doctest)))]
pub mod misuse;
#[cfg(feature = "testing")]
mod on_runtime;
mod oneshot;
mod own_task;
mod own_thread;
mod park;
mod poll;
mod process;
mod report;
mod runtime_choice;
mod runtimes;
mod sentinels;
mod serve;
mod settings;
mod sink;
mod stall;
mod start_once;
mod starter;
mod stopped;
mod sync;
mod task;
#[cfg(feature = "testing")]
#[cfg_attr(docsrs, doc(cfg(feature = "testing")))]
pub mod testing;
mod timeout;
mod to_thread;

#[doc(inline)]
pub use batch::{Batch, batch};
pub use builder::{Builder, InstallError};
pub use caller::{Caller, caller, without_cancel};
pub use calls::{BlockedCall, Metrics, Strategy};
pub use cancel::{Cancel, Cancellation, Cancelled, block_on_cancel};
pub use carry::{Carry, carry};
pub use context::Context;
pub use departure::{Leftovers, shutdown};
pub use ending::{Closing, Outcome, closing, closing_local};
#[cfg(feature = "fiber")]
#[cfg_attr(docsrs, doc(cfg(feature = "fiber")))]
pub use fiber::{Fiber, fiber, to_fiber, without_fiber};
pub use inspect::{blocked_calls, metrics};
#[cfg(feature = "stream")]
#[cfg_attr(docsrs, doc(cfg(feature = "stream")))]
pub use iter::{Iter, iter};
pub use settings::{CallInAsync, Flavor, Policy, ThreadKind};
pub use stopped::Stopped;
pub use sync_twin_macros::sync_wrapper;
pub use task::{Task, spawn};
pub use timeout::{Elapsed, block_on_timeout};
#[cfg(feature = "serve")]
#[cfg_attr(docsrs, doc(cfg(feature = "serve")))]
pub use to_thread::Serve;
pub use to_thread::{BackgroundThreads, OneThread, Pool, ServeLocal, ToThread, to_thread};

use dispatch::{MayStay, Origin};
use poll::is_large;
use runtime_choice::flavor::auto;
use std::future::IntoFuture;

/// Blocks the calling thread until `future` has completed, wherever that thread is.
///
/// This is the twin of a future that has no fn of its own. It takes anything that can be awaited
/// ([`IntoFuture`]), requires neither `Send` nor `'static`, and can be called from every [`Context`].
///
/// ```
/// let greeting = String::from("hello");
/// let length = sync_twin::block_on(async { greeting.len() });
/// assert_eq!(length, 5);
/// ```
///
/// Create objects that need a runtime when they are *created*, such as `tokio::time::sleep`, inside the
/// future: `block_on(async { sleep(second).await })`, not `block_on(sleep(second))`.
///
/// # Cost
///
/// The same as a twin's, with one difference. A future that already exists can move to another thread only
/// if it is `Send`, which this fn does not require. So on a thread that drives a current-thread runtime the
/// future is polled in place. A twin made by [`sync_wrapper`] builds its future on an isolation thread instead.
///
/// In place on such a thread, the runtime keeps back the wake-ups of `yield_now`, and the future is polled again instead.
/// This is not enough for a set of futures that polls only those of its children that were woken (`FuturesUnordered`,
/// `join_all` of many): such a set can lose a child's `yield_now`, and wait for ever. [`batch`](fn@batch) does not.
///
/// # Panics
///
/// A panic of the future reaches the caller with payload and message unchanged. Panics at the call site when a
/// thread or runtime of sync-twin's own cannot be started; the next call tries again.
#[track_caller]
pub fn block_on<F: IntoFuture>(future: F) -> F::Output {
    if const { is_large::<F>() } {
        // In a debug build, every fn that passes it on reserves room for it on the stack.
        let future = Box::new(future);
        return dispatch::block_here(move || (*future).into_future());
    }
    dispatch::block_here(move || future.into_future())
}

/// Blocks the calling thread until the future that `make` builds has completed.
///
/// This is the twin of one call of an async fn that is not yours. In place of a future it takes a closure that builds the
/// future, so that another thread can do that: on a thread that drives a current-thread runtime the call is isolated, as
/// a twin's is. For that, what the closure captures has to be `Send`, and the output, too. The future need not be, and
/// neither need it be `'static`.
///
/// ```
/// let name = String::from("localhost:80");
/// let addresses = sync_twin::block_on_with(|| tokio::net::lookup_host(&name))?;
/// assert!(addresses.count() > 0);
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Panics
///
/// As [`block_on`], and a panic of `make` reaches the caller in the same way.
#[track_caller]
pub fn block_on_with<F, Fut>(make: F) -> Fut::Output
where
    F: FnOnce() -> Fut + Send,
    Fut: IntoFuture,
    Fut::Output: Send,
{
    let make = move || make().into_future();
    dispatch::block_here_or_isolated::<MayStay, _, _, _>(Origin::OURS, &auto(), make)
}

/// Starts sync-twin's own runtimes now, so that a program can handle a failure.
///
/// You need not call this: the first call that needs a runtime starts it, and panics if that fails. The runtimes live until
/// the process ends, or [`shutdown`](shutdown()) ends them. Calling this again is free, and tries again after a failure.
///
/// A program whose threads differ from each other (in CPU affinity, niceness, network namespace) calls this early: sync-twin's
/// threads take after the thread that does, and never after a caller. Their CPU affinity is that of the main thread.
///
/// # Errors
///
/// The error of the operating system when it refuses a thread or a file descriptor.
///
/// ```
/// sync_twin::start()?;
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn start() -> std::io::Result<()> {
    process::process().start()
}

/// What only an editor sees of the code generated by [`sync_wrapper`]: it is there if *this* crate has the cfg.
#[cfg(rust_analyzer)]
#[doc(hidden)]
#[macro_export]
macro_rules! __ide {
    ($($tokens:tt)*) => { $($tokens)* };
}

/// For rustc there is nothing.
#[cfg(not(rust_analyzer))]
#[doc(hidden)]
#[macro_export]
macro_rules! __ide {
    ($($tokens:tt)*) => {};
}

/// What the code generated by [`sync_wrapper`] calls. Not covered by semantic versioning.
#[doc(hidden)]
pub mod __private {
    pub use crate::call::{
        Call, Declared, InPlace, IsolateAlways, IsolateOnDriver, SW502_ArgumentOfIsolationAlways,
        SW503_OutputOfIsolationAlways, arg_type, call, call_on, foreign_outputs, outputs,
        send_arg_type,
    };
    pub use crate::cancel::{cancelling, until_cancelled, watch};
    pub use crate::convert::{Address, address, convert_box, convert_vec, is_receiver};
    pub use crate::dispatch::{FutureKind, InContext, MayStay, Origin, Sends};
    pub use crate::ending::{Open, WriteTheOptionCloseInPlaceOfDrop, end_in_drop, outcome_of};
    pub use crate::family::{OneBlockDeclaresAndTheOthersExtend, Returned, StaysAsync};
    pub use crate::inner::{HoldsStream, Inner, Pinned, SW508_UnpinForMutableReferences};
    pub use crate::io::unread::{Chunk, Unread, read_buffered, receive};
    pub use crate::io::written::{Written, WrittenChunk, flushed, written};
    #[cfg(feature = "stream")]
    pub use crate::iter::{
        items_left, iter_around, iter_of, iter_on, next_item, next_item_within, site_of_next,
        try_next_item, try_stream,
    };
    pub use crate::runtime_choice::flavor::{auto, current_thread, multi_thread, per_thread};
    pub use crate::runtime_choice::lend::{lend, lend_handle};
    pub use crate::runtime_choice::to_owned_choice;
    pub use crate::settings::Policy;
    pub use crate::sink::{feed_item, poll_sink, send_item};
    pub use crate::stopped::{flatten, until_stopped};
    pub use crate::timeout::{alarm, time_limit, within};

    pub use crate::__ide as ide;

    /// What an editor offers between the parentheses of the attribute.
    #[cfg(rust_analyzer)]
    pub mod ide {
        sync_twin_macros::__options!();
    }
}

/// The examples of the README are tests too.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct Readme;
