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
//! depend on the caller's runtime: not on its free workers, its threads, its clock or its life. There is one limit: a twin
//! cannot wait for something that only the blocked thread itself could deliver, such as a task of the current-thread runtime
//! that this thread is driving. In async code, `.await` the async fn.
//!
//! [`Context`] lists the places that a twin distinguishes, and what it does in each.
//!
//! # Where a call lives
//!
//! The tasks that a future spawns, and its sockets and timers, belong to a runtime. That runtime is never the caller's.
//! sync-twin has two of its own, which live until the process ends or [`shutdown`](shutdown()). A connection made on one works from the other.
//!
//! - **Home** is a current-thread runtime. Its callers drive it while they wait, so a lone caller's I/O needs no switch to
//!   another thread. A call lives there when no runtime is at work on or beside its thread: on plain threads, and on
//!   isolation threads.
//! - **The crew** is a multi-thread runtime. All other calls live there. Their threads park while they wait, and never run
//!   another caller's tasks.
//!
//! The thread that drives home also runs the tasks that other calls have left there, on its own stack and with its own
//! thread-locals. If a task of home makes a blocking call itself, it *holds* home: until that call has ended, new calls go
//! to the crew.
//!
//! `flavor = "current_thread"` puts a twin's calls on home wherever they are made, `flavor = "multi_thread"` on the crew. The
//! environment variable `SYNC_TWIN_FLAVOR` does the same for all calls of the process that have no flavor of their own. Its
//! third value, `auto`, is the rule above. On home a call costs half the CPU time of one that parks. On the crew no task
//! holds up another, and code that needs a multi-thread runtime (`block_in_place`) works.
//!
//! | in the async fn | on home | on the crew |
//! |---|---|---|
//! | [`tokio::task::block_in_place`] | panics in what it spawns | works in what it spawns |
//! | [`Handle::block_on`](tokio::runtime::Handle::block_on), [`Runtime::block_on`](tokio::runtime::Runtime::block_on), `blocking_recv` | works | works, but panics in the first poll of a call on a worker, at the root of a multi-thread runtime, and in place on a driver |
//! | [`tokio::task::spawn_local`] | panics: bring a [`LocalSet`](tokio::task::LocalSet) | the same; polled in place inside a `LocalSet`, it spawns there, and that set runs the task after the call |
//!
//! # What a call costs
//!
//! | where | cost beyond the future itself |
//! |---|---|
//! | a future that is ready at once, anywhere but on a driver | 40 to 60 ns: no allocation, no lock, no system call |
//! | a future that waits, on a plain thread | the thread drives home meanwhile, or parks while another thread does |
//! | a future that waits, beside a runtime | the thread parks, and the crew wakes it |
//! | a future that waits, on a worker of a multi-thread runtime | [`tokio::task::block_in_place`], then the thread parks |
//! | on a thread that drives a current-thread runtime | one round trip to an isolation thread; if the call cannot be isolated, a look at the scheduler for each poll (2 ns) |
//!
//! A future of more than 16 KiB (2 KiB in a debug build) is boxed.
//!
//! # Time limits
//!
//! `tokio::time::timeout`, `select!`, the `timeout` option and the timeouts of [`batch`](fn@batch) also end a future that is
//! always ready, such as one that reads a socket whose peer sends faster than it reads. Each poll has a coop budget of its
//! own, as in a task. The one exception is a call that is polled in place on a driver. There tokio's scheduler keeps back the
//! wake-up of a future that has used up its budget, so such a call has no budget, and no timeout ends a future that is always
//! ready.
//!
//! # When a runtime or a process ends
//!
//! **A runtime that is shut down** cancels its tasks at their next `.await`. A task inside a blocking call does not reach one,
//! so the call ends with the task. It has a second of *grace* in which it may still complete. After that it unwinds: the
//! destructors of the task run, and the panic hook does not. This holds for a call that has lasted 100 ms, and for calls in
//! a row that have. The environment variable `SYNC_TWIN_GRACE` sets the grace in milliseconds. With `off`, and in builds with
//! `panic = "abort"`, such a call goes on and is reported. A call in a blocking closure goes on as well, since tokio lets
//! the closure run to its end.
//!
//! **A waker that panics** in home's driver destroys that driver. Calls that wait on home end with a panic that says so, and
//! the next call starts another home. A waker that panics in a worker of the crew ends that worker, and in a debug build of
//! tokio the process, by a guard of tokio's own. In a release build the crew is then replaced as home is, up to 15 times:
//! about a second later, new calls use another crew. Calls that wait on the old one end with a panic the next time they
//! look, which is after as long as they have waited by then, and after a minute at most. A crew that is only busy stays.
//!
//! **A call that pauses its clock** (`tokio::time::pause`, with tokio's feature `test-util`) keeps home to itself and to the
//! calls that are in it already: when it ends, new calls have another home, whose clock is not paused. (A release build looks
//! at the clock only at the end of a call that has waited.) Up to 64 homes are replaced for their clocks; each keeps its thread and its descriptors.
//!
//! # What a call cannot see
//!
//! tokio does not tell which runtime's scheduler is at work on a thread, only which runtime is entered. The two differ under
//! an `enter()` guard:
//!
//! - A task of a multi-thread runtime under the guard of a current-thread one counts as a driver: its worker is not handed
//!   over, and a call that waits for a task in that worker's queue waits for ever. After ten seconds it is reported.
//! - A task under the guard of another multi-thread runtime is taken for one of that runtime: when that one shuts down, the
//!   task's calls end after the grace, and when its own does, they do not.
//!
//! A set of futures that polls only those of its children that were woken (`FuturesUnordered`, `buffer_unordered`) loses a
//! child that has yielded (`yield_now`) if the set is polled in place on a driver, or if it goes on elsewhere while the worker
//! that polled it is blocked. [`batch`](batch()) loses none.
//!
//! Home's tasks run on the thread of a caller, one at a time. One that blocks without a blocking call of this crate (a `std`
//! lock that the caller holds across its call, `LazyLock`, a channel, a joined thread) holds up home for as long, and for ever
//! if that waits for a call in home. `flavor = "multi_thread"` has several workers for them, and [`spawn`](spawn()) too.
//!
//! # Forks
//!
//! A child of `fork` (unix) has its parent's memory, its open files, and one thread. It may make blocking calls, and so may
//! its own children, 63 forks deep: it leaves its parent's state alone, whoever had that locked, and starts runtimes of its
//! own with its next call. It never drops the parent's runtimes; that memory is the cost of a fork.
//! [`Command`](std::process::Command) is not affected: its child runs no code of this crate before it executes another program.
//!
//! | in the child | what happens |
//! |---|---|
//! | a call that begins there, unless the fork was in an isolated call | works |
//! | the thread that forked comes back to the call in whose middle it forked | the call panics the next time it has to wait, and drops its future |
//! | the same, in a task or on a thread of sync-twin's own (a [`spawn`](spawn()), a [`to_thread`](to_thread()), an isolated call) | the process aborts, and says so: end the child, or `exec`, in the code that forks |
//! | any call inside an isolated call that was forked | panics: its arguments may lie on the stack of a thread that does not exist here, and the next new thread may get that stack |
//! | a call waits for something inherited: a pooled connection, a [`Task`], an iterator or blocking type with a task behind it, `runtime = expr` with the parent's runtime | it waits, and is reported after five seconds |
//! | an inherited socket, or a future that holds one, is dropped | the parent's socket becomes silent, in plain tokio too, since both share the epoll instance |
//! | the child goes on in a task or a `block_on` of an inherited runtime | it takes events from the parent, in plain tokio too: end the child in the code that forks |
//!
//! Nothing changes in the parent as long as the child keeps to this.
//!
//! Some limits remain. With tokio's feature `parking_lot` a child can crash, since `parking_lot` keeps a table of all parked
//! threads of the process. `vfork` and a bare `clone` go unnoticed: their child must make no calls. A future that is dropped
//! in the child may wait for ever for a lock that a thread of the parent held: fork outside calls. And Rust's standard library
//! takes a lock whenever a thread starts or ends. If a thread of the parent has it at the moment of the fork, the child can
//! start no thread, and its first call waits for ever: fork while no threads come and go.
//!
//! # Reports
//!
//! A call that may never end is reported on standard error, once for each place in your code: where it is made, on which
//! thread, why it most likely does not end, and what to write instead. Every call that waits is: after ten seconds on a thread that drives a
//! current-thread runtime and on a worker, after a minute elsewhere, sooner where no doubt is left. `SYNC_TWIN_STALL` sets
//! that time in milliseconds, or turns reports `off`. The module `it_hangs` has a table of what can be told, and the way
//! out of each. With the feature `tracing`, reports are events for a global subscriber.
//!
//! Threads of sync-twin's own notice and write, while calls wait. A report neither holds a call up nor fails it, whatever has become of
//! standard error. [`blocked_calls`] lists the calls that wait now, and [`metrics`] has figures about all.
//!
//! A panic that comes to a call from another thread is followed by a line with the place of that call.
//!
//! # What your process notices
//!
//! Threads, descriptors and signals, at rest and under load, and how to be rid of them: the module `your_process` of the docs.
//! In short: all threads come from one and have nothing of any caller, they take no signals, a call that waits does not wake up, and
//! [`shutdown`](shutdown()) ends it all.
//!
//! # Many futures, and the way back
//!
//! Sync code can use async concurrency in every context: [`batch`](fn@batch) runs many futures at once, with a limit,
//! timeouts and progress; [`spawn`] runs one in the background; [`block_on_timeout`] gives up in time.
//! [`to_thread`](to_thread()) goes the other way: it calls blocking code from async code. The module `cookbook` shows the
//! counterpart of each idiom of asyncio and tokio.
//!
//! # Features
//!
//! | feature | |
//! |---|---|
//! | `stream` | twins of streams are iterators, and `iter` turns any stream into one |
//! | `testing` | `testing::in_every_context` tests a blocking API in every kind of place it may be called from |
//! | `tracing` | code given to [`to_thread`](to_thread()) runs in the span that awaits it; [reports](#reports) are events |
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
mod calls;
mod context;
mod convert;
#[cfg(any(doc, doctest))]
pub mod cookbook;
mod departure;
mod dispatch;
mod family;
mod fork;
mod inheritance;
mod inner;
mod inspect;
pub mod io;
mod isolation;
#[cfg(any(doc, doctest))]
pub mod it_hangs;
#[cfg(feature = "stream")]
mod iter;
#[cfg(test)]
mod layers;
mod own_thread;
mod park;
mod poll;
mod process;
mod report;
mod runtime_choice;
mod runtimes;
mod sentinels;
mod settings;
mod stall;
mod start_once;
mod starter;
mod sync;
mod task;
#[cfg(feature = "testing")]
#[cfg_attr(docsrs, doc(cfg(feature = "testing")))]
pub mod testing;
mod timeout;
mod to_thread;

#[cfg(any(doc, doctest))]
pub mod your_process;

pub use batch::{Batch, batch};
pub use calls::{BlockedCall, Metrics, Strategy};
pub use context::Context;
pub use departure::{Leftovers, shutdown};
pub use inspect::{blocked_calls, metrics};
#[cfg(feature = "stream")]
#[cfg_attr(docsrs, doc(cfg(feature = "stream")))]
pub use iter::{Iter, iter};
pub use sync_twin_macros::sync_wrapper;
pub use task::{Task, spawn};
pub use timeout::{Elapsed, block_on_timeout};
pub use to_thread::to_thread;

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
    dispatch::block_here_or_isolated(&auto(), move || make().into_future())
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
    pub use crate::convert::{Address, address, convert_box, convert_vec, is_receiver};
    pub use crate::dispatch::InContext;
    pub use crate::family::{OneBlockDeclaresAndTheOthersExtend, Returned, StaysAsync};
    pub use crate::inner::Inner;
    pub use crate::io::unread::{Chunk, Unread, read_buffered, receive};
    #[cfg(feature = "stream")]
    pub use crate::iter::{iter_on, try_stream};
    pub use crate::runtime_choice::flavor::{auto, current_thread, multi_thread};
    pub use crate::runtime_choice::lend::{lend, lend_handle};
    pub use crate::runtime_choice::to_owned_choice;
    pub use crate::timeout::{time_limit, within};

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
