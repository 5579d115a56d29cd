//! Sync code on a stack of its own, whose waits suspend the task that awaits it.
//!
//! | file | |
//! |---|---|
//! | `context/fiber.rs` | the fiber as code on its stack sees it: suspends, and is unwound |
//! | `dispatch/on_fiber.rs` | a call there |
//! | `future.rs` | the future that runs a fiber |
//! | `runtimes/fiber_stacks.rs` | its stack |
//! | `to_fiber.rs`, `runtimes/fiber_threads.rs` | fibers on threads of ours |
//!
//! ```text
//!          first poll: takes a stack              code returns or panics: gives it back
//!   New ─────────────────────────────▶ Begun ────────────────────────────────────────────▶ Over
//!                                       │  ▲
//!                  a call has to wait   ▼  │   next poll: with the waker of that poll
//!                                    suspended
//!                                       │
//!                                       │ dropped: the code unwinds; or is left, and its stack is never used again
//!                                       ▼
//!                                     Over
//! ```
//!
//! A stack is used again only when its code has returned, so nothing is left on it. A fiber that is forgotten keeps its stack for
//! good. Both are needed: other threads may borrow from it (isolated calls, `thread::scope`). For the same reason the code is
//! `'static`: a fiber that is forgotten never unwinds, and what it had borrowed would be gone.
//!
//! # What a suspension means for each variable of the thread
//!
//! A fiber is suspended only where nothing of ours is in force that it has set on its stack. There are four ways to see to that.
//!
//! | variable | here | |
//! |---|---|---|
//! | `context::fiber::CURRENT`, `host::HOST` | saved and restored | by the code on the stack, on both sides of each switch |
//! | `MARK` (a call has entered a runtime) | blocks | its depth is part of the surroundings, which have to be as they were at the resumption |
//! | `DRIVEN_HOME`, `deferred::DRIVING`, `DEFERRED`, `HERE.drives_home` | blocks | who drives has no host ([`Driving`](crate::context::Driving)), and nor have the tasks that it runs |
//! | `BLOCKED`, `TASK_RUNTIME`, `PROBE`, `ThreadCalls::blocked` | not set | only calls that block set them, between polls or around them; in their polls `MARK` differs |
//! | `Instead::HERE` (`on_runtime`) | not set | `on_runtime` refuses to run inside or beside a runtime, and every fiber is |
//! | `serve::SERVICE` | not used | code in a fiber is the task's own, and nobody else's to serve |
//! | `ending::IS_SHIELDED` | blocks | part of the surroundings: a fiber that is suspended may be dropped, which ends it |
//! | `in_async::IS_SILENT` | saved and restored | a `Drop` may be silent, and suspend |
//! | `hooks::IS_IN_HOOK` | refused | as every wait in a hook |
//! | `start_once::STARTED_HERE`, `starter::STARTED` | blocks | user code runs there only in a panic hook: the thread is panicking |
//! | `park::SPARE` | not held | a call that isolates holds it, and who finds it in use has one of its own |
//! | `poll::FULL` | not used | the budget is that of the task |
//! | `fork::IS_INHERITED`, `BORROWS`, `own_thread`, `calls::HERE`, `per_thread::HERE`, `serve::OWN`, `crew::IS_ASLEEP`, `end_with_runtime::LOOKED` | no scope | they say what the thread is, not what is at work on it; a fork is looked for before each suspension |
//! | what is carried (`carry`), the current span | around each poll | in `to_fiber`; spans that are entered on the stack are left and entered again (`context/spans.rs`) |
//! | tokio's current handle and task | blocks | part of the surroundings, but for the guard of the same runtime. Its budget and its task id are reset by its own poll |
//! | std's count of panics | blocks | `panicking` |
//!
//! What others keep there cannot be seen, and is for users to know: see [`fiber`].

mod future;
mod to_fiber;

pub use future::Fiber;

use crate::context;
use crate::dispatch::in_async::Silence;
use std::future::Future;
use std::panic::Location;
use to_fiber::Awaiting;

/// Runs sync code inside the task that awaits it. Where the code makes a blocking call, the task waits, and its thread goes on
/// with other tasks.
///
/// The code has a stack of its own. A twin somewhere below it, a [`block_on`](crate::block_on), a
/// [`batch`](fn@crate::batch), an iterator or a [`join`](crate::Task::join) *suspends* the code instead of blocking the thread.
/// So it may wait for other tasks of this very thread: a channel that one of them feeds, a connection that this runtime drives, a
/// lock whose next holder is here. It works on a current-thread runtime, in a `LocalSet`, in actix-web, at the root of a
/// multi-thread runtime, and under other executors.
///
/// ```
/// use sync_twin::{fiber, sync_wrapper};
/// use tokio::sync::mpsc;
///
/// #[sync_wrapper]
/// async fn next(numbers: &mut mpsc::Receiver<u32>) -> Option<u32> {
///     numbers.recv().await
/// }
///
/// // Sync code, which knows nothing of async code.
/// fn sum(mut numbers: mpsc::Receiver<u32>) -> u32 {
///     let mut sum = 0;
///     while let Some(n) = next_sync(&mut numbers) {
///         sum += n;
///     }
///     sum
/// }
///
/// # let runtime = tokio::runtime::Builder::new_current_thread().build()?;
/// # runtime.block_on(async {
/// let (sender, numbers) = mpsc::channel(1);
/// let feeds = async move {
///     for n in 1..=3 {
///         sender.send(n).await.unwrap();
///     }
/// };
/// let (six, ()) = tokio::join!(fiber(move || sum(numbers)), feeds);
/// assert_eq!(six, 6);
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// The code must be `'static`, but need not be `Send`, and neither need its result. The future is not `Send`: spawn it by
/// `spawn_local`. Where a future has to be `Send`, as in a task of a multi-thread runtime, use [`to_fiber`](to_fiber()).
///
/// Nothing happens until it is awaited. If the future is dropped before its end, the code unwinds from the call in which it
/// waits: its destructors run, and calls in these block. So on a current-thread runtime, a destructor must not wait for what that
/// runtime brings, such as the last word on a connection that the code has made there; such a call is [reported](crate#reports). In
/// [`to_fiber`](to_fiber()) it may.
///
/// # Where a call lives
///
/// In the runtime and in the task that await the fiber, as with `.await`: it has the task's waker, budget and task-locals,
/// and needs the I/O and timers of that runtime. (A `timeout` does not; and with `runtime = …` it lives where that says.)
/// Outside tokio it lives in the crew. A `flavor` does not matter there. [`Context::current`](crate::Context::current) says
/// `Fiber`.
///
/// So a connection that the code makes belongs to that runtime. Another thread may use it as well, but only as long as this one goes on. The
/// code must not block until that other thread is done, as by joining it: await [`to_thread`](crate::to_thread()) in a call.
///
/// # Where a call blocks nevertheless
///
/// - In [`without_fiber`].
/// - In [`without_cancel`](crate::without_cancel()), since a fiber that is dropped ends its calls.
/// - While the thread is panicking, so in destructors that run while the fiber is unwound.
/// - While the guard of *another* runtime's `enter()` is held, and with `runtime = …` if that is a runtime which only the
///   waiting thread drives.
/// - In a task of a `LocalSet` that the code itself runs.
///
/// # What must not be held across a call
///
/// Others use the thread while the code is suspended, and nothing tells. Make such a call in [`without_fiber`].
///
/// **Where memory may be used that has been freed:**
///
/// | a call in | what happens |
/// |---|---|
/// | the initializer of a `thread_local!`, such as `static CLIENT: Client = connect_sync()` | other code of the thread finds the variable without a value, and gives it one. That is dropped, while it is in use, when the first one comes. Write `without_fiber(connect_sync)` |
/// | `KEY.with(…)` of a `thread_local!`, in a fiber that is itself kept in a `thread_local!` | the variable may be dropped before the fiber when the thread ends, and the reference dangles |
/// | `KEY.with(…)` of a scoped thread-local (the crate `scoped-tls`) | the scope ends while the code is suspended, and the reference dangles |
///
/// The compiler cannot see that code with a stack of its own outlives what a thread lends it, std and others rely on nothing else running
/// on the thread meanwhile, and no crate for such stacks can tell. Should `fiber` be an `unsafe fn` for that? The field is of two minds:
/// corosensei's `Coroutine::new` and the crate stackful are safe; `spawn` of the crate may is unsafe. Here it is safe, since whoever calls
/// `fiber` could not keep the promise: it concerns what code anywhere below it does, such as a library that knows nothing of
/// fibers. Use it with code that you know.
///
/// A fiber must not be kept in a `thread_local!` at all. Where sync-twin sees that the thread's variables are gone, a poll panics, and a
/// drop leaves the fiber as it is; it does not always see it.
///
/// **Where others wait, panic, or see what is not theirs:**
///
/// | held | what happens |
/// |---|---|
/// | the guard of a std `Mutex` or `RwLock`; the initializer of a `LazyLock` or `OnceLock` | another task of this thread that locks it, or needs the value, waits for ever |
/// | a borrow of a `RefCell` that others of the thread use; the initializer of a `LazyCell` or `OnceCell` | their borrow panics |
/// | a re-entrant lock, such as that of `stdout` or of an interpreter | others of the thread get in |
/// | a thread-local or task-local that is set for a scope (`sync_scope`) | others see it, and scopes end in the wrong order |
/// | a borrow of a task-local of the task (`KEY.with(…)` of tokio's) | tokio cannot put it aside, and the task panics |
/// | the guard of an `enter()` of the very runtime in which the code runs | nothing, if it is one. Of several on a thread, tokio panics in that which ends in the wrong order. Outside tokio, the thread stays in the crew's context |
/// | a `Handle::block_on` or a `block_in_place`, where tokio allows one | after the first, others of the thread cannot block meanwhile; after the second, a `block_on` cannot end: tokio panics |
/// | a `LocalSet` that is entered (`run_until`) | tasks of others are spawned there |
/// | the `block_on` of another executor | that of others may panic; the thread-local is the executor's |
/// | another subscriber of `tracing` for a scope | others write to it. Spans are left and entered again, up to 64 |
/// | a subscriber of `tracing` that makes the call in the middle of an event | what others write meanwhile may be lost |
///
/// # Cost
///
/// 0.1 to 0.15 µs and no system call on a stack that has been used before; a suspension takes 1.15 times as long as that of
/// `yield_now().await`. A stack is 1 MiB of addresses ([`Builder::fiber_stack_size`](crate::Builder::fiber_stack_size)), of which only the pages that have
/// been touched take memory: 4 to 8 KiB for little code. A page below each stack ends the program when code would leave it, as on a
/// thread. Stacks are kept for later fibers, of all threads. Those that nobody has needed for five to ten seconds are freed, but for a
/// few of each thread: by the threads of [`to_fiber`](to_fiber()) when they come to rest, and now and then by whoever ends a fiber.
///
/// On Linux a process has 65,530 memory mappings (`vm.max_map_count`), and a stack takes two. So there are about 30,000
/// fibers at a time.
///
/// # Panics
///
/// A panic of the code reaches who awaits it, with payload and message unchanged. Panics when the system has no memory for another
/// stack; polled again, the fiber tries again. In a fiber that is polled while the thread is panicking, as in a destructor, the code
/// seems to panic, too: it blocks, and poisons the std locks that it unlocks. A fiber that is dropped is unwound as by a panic, so a destructor that panics then
/// ends the process.
///
/// Code that catches every panic also catches the one that is to end it. Its next call throws it again. A loop that never
/// lets it through is left where it is after a hundred times, with its stack and all that is on it, and that is
/// reported. With `panic = "abort"` nothing can be unwound: each fiber that is dropped before its end is left in the same way, with
/// its stack.
///
/// # Platforms
///
/// Those of the crate corosensei: Linux and the BSDs on x86-64, x86, AArch64, ARM, RISC-V, PowerPC and LoongArch; macOS and iOS on x86-64 and
/// AArch64; Windows on x86-64 and x86.
#[track_caller]
pub fn fiber<F, T>(code: F) -> Fiber<F, T>
where
    F: FnOnce() -> T + 'static,
    T: 'static,
{
    Fiber::new(code, Location::caller())
}

/// Runs sync code as a [`fiber`] on one of a few threads of sync-twin's own, and returns its result.
///
/// This is [`to_thread`](crate::to_thread()) for code that waits in blocking calls of sync-twin, and in nothing else. Thousands of
/// such calls wait on a few threads, where `to_thread` needs a thread for each. The future is `Send`: await it in any task,
/// on any executor.
///
/// ```
/// use sync_twin::{sync_wrapper, to_fiber};
///
/// #[sync_wrapper]
/// async fn fetch(id: u32) -> u32 {
///     tokio::time::sleep(std::time::Duration::from_millis(20)).await;
///     id
/// }
///
/// // Sync code.
/// fn sum_of_two(id: u32) -> u32 {
///     fetch_sync(id) + fetch_sync(id)
/// }
///
/// # let runtime = tokio::runtime::Runtime::new()?;
/// # runtime.block_on(async {
/// let calls: Vec<_> = (0..1000).map(|id| tokio::spawn(to_fiber(move || sum_of_two(id)))).collect();
/// for (id, call) in (0..1000).zip(calls) {
///     assert_eq!(call.await.unwrap(), 2 * id);
/// }
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// **It is not for code that blocks in other ways or computes**: `std::fs`, a database driver without async code, a lock that is
/// held for long. That would hold up all other fibers of its thread. Put such code into [`to_thread`](crate::to_thread()).
/// What is said of [`fiber`] about things held across a call holds here, too.
///
/// Nothing happens until you await it. The code stays on the thread on which it begins, so what it does not return need not be `Send`.
/// Calls in it live in the crew, as those of a thread beside a runtime do, so a connection works from everywhere. If you drop the future, the code unwinds on its thread, soon and not at
/// once: from the call in which it waits, or the next one.
///
/// What [`carry`](crate::carry()) names holds in the code as it does where the future is first polled. With the feature
/// `tracing` so do the current span and the current dispatcher. Other fibers of the thread do not see it.
///
/// # Cost
///
/// A round trip to another thread, three allocations, and a stack as that of a [`fiber`]. The first call starts the
/// threads: [`Builder::fiber_threads`](crate::Builder::fiber_threads).
///
/// # Panics
///
/// As [`fiber`]. Also when no thread can be started, and when sync-twin is [shut down](crate::shutdown()) before the code has
/// ended: it is unwound then.
#[track_caller]
pub fn to_fiber<F, T>(code: F) -> impl Future<Output = T> + Send + use<F, T>
where
    F: FnOnce() -> T + Send + 'static,
    T: Send + 'static,
{
    let made_at = Location::caller();
    async move { Awaiting::begin(code, made_at).await }
}

/// Runs code whose blocking calls block the thread, also on the stack of a [`fiber`].
///
/// This is for code that must not be suspended: while it holds a std lock that other tasks of the thread take, or has a
/// thread-local set. Elsewhere than in a fiber it changes nothing.
///
/// ```
/// use std::sync::Mutex;
/// use sync_twin::{block_on, fiber, without_fiber};
///
/// static LOG: Mutex<Vec<u32>> = Mutex::new(Vec::new());
///
/// # let runtime = tokio::runtime::Builder::new_current_thread().build()?;
/// # runtime.block_on(async {
/// let add = |n| {
///     move || without_fiber(|| {
///         let mut log = LOG.lock().unwrap();
///         log.push(n);
///         block_on(tokio::task::yield_now());
///         log.push(n);
///     })
/// };
/// tokio::join!(fiber(add(1)), fiber(add(2)));
/// assert_eq!(*LOG.lock().unwrap(), [1, 1, 2, 2]);
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// A call in there cannot wait for a task of its own thread, as everywhere else.
pub fn without_fiber<T>(code: impl FnOnce() -> T) -> T {
    let _silence = Silence::begin();
    context::fiber::without(code)
}
