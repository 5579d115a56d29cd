//! From each other way to block, with what changes.
//!
//! | you have | |
//! |---|---|
//! | `Runtime::block_on`, a `static` runtime | [→](#from-runtimeblock_on) |
//! | `block_in_place` and `Handle::block_on` | [→](#from-block_in_place) |
//! | `futures::executor::block_on`, `pollster` | [→](#from-futuresexecutorblock_on) |
//! | `#[tokio::main]` on fns that are not `main`, `block_on_proc` | [→](#from-attributes-that-start-a-runtime) |
//! | `maybe-async`, `bisync` | [→](#from-maybe-async-and-bisync) |
//! | `stackful`, fibers | [→](#from-stackful) |
//! | a blocking client that is written by hand | [→](#from-a-blocking-client-by-hand) |
//!
//! The blocks share this:
//!
//! ```
//! use sync_twin::sync_wrapper;
//!
//! #[sync_wrapper]
//! async fn fetch(n: u32) -> u32 {
//!     tokio::task::yield_now().await;
//!     n * 2
//! }
//! ```
//!
//! # From `Runtime::block_on`
//!
//! Before, with all that it asks for: a runtime somewhere, `Send` or not, and a panic in async code.
//!
//! ```
//! # async fn fetch(n: u32) -> u32 { n * 2 }
//! use std::sync::LazyLock;
//! use tokio::runtime::Runtime;
//!
//! static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().expect("it starts"));
//!
//! fn fetch_blocking(n: u32) -> u32 {
//!     RUNTIME.block_on(fetch(n))
//! }
//! # assert_eq!(fetch_blocking(1), 2);
//! ```
//!
//! After: `fetch_sync(n)`, or for a future without a fn of its own, `block_on`. The static goes.
//!
//! ```
//! # #[sync_twin::sync_wrapper] async fn fetch(n: u32) -> u32 { n * 2 }
//! assert_eq!(fetch_sync(1), 2);
//! assert_eq!(sync_twin::block_on(fetch(1)), 2);
//! ```
//!
//! If the runtime has to stay (its threads are configured, others use it), lend it: `runtime = RUNTIME`. The call then depends on it,
//! and from a task of that runtime it works only because it has other workers; see
//! [`runtime`](macro@crate::sync_wrapper#flavor-and-runtime).
//!
//! # From `block_in_place`
//!
//! Before: it works in a task of a multi-thread runtime, and panics elsewhere.
//!
//! ```
//! # async fn fetch(n: u32) -> u32 { n * 2 }
//! use tokio::runtime::Handle;
//! use tokio::task::block_in_place;
//!
//! fn fetch_blocking(n: u32) -> u32 {
//!     block_in_place(|| Handle::current().block_on(fetch(n)))
//! }
//! # tokio::runtime::Runtime::new()?.block_on(async { tokio::spawn(async { assert_eq!(fetch_blocking(1), 2) }).await })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! After: `fetch_sync(n)`. There it does the same, and a call that is ready does not hand the worker over at all. What `fetch`
//! spawns lives on sync-twin's runtime and not on the caller's: it outlives the caller's runtime, and is not ended with it.
//!
//! # From `futures::executor::block_on`
//!
//! Before: right for futures that need no runtime; with tokio's sockets and timers it panics or hangs.
//!
//! ```
//! use futures_executor::block_on;
//!
//! assert_eq!(block_on(async { 6 * 7 }), 42);
//! ```
//!
//! After: the same name. It costs some 50 ns where that one costs 3, and finds tokio's context.
//!
//! ```
//! use sync_twin::block_on;
//!
//! assert_eq!(block_on(async { 6 * 7 }), 42);
//! ```
//!
//! # From attributes that start a runtime
//!
//! `#[tokio::main]` on a fn other than `main`, and the likes of `block_on_proc`, replace the async fn by a blocking one, which
//! starts a runtime for each call or keeps one. With `#[sync_wrapper]` in its place the fn stays async, and callers of the
//! blocking one call `fetch_sync`. To keep the name for blocking callers, name the async one `fetch_async`: its twin is
//! `fetch_sync`, or with `name = fetch` it is `fetch`.
//!
//! ```
//! use sync_twin::sync_wrapper;
//!
//! #[sync_wrapper(name = fetch)]
//! async fn fetch_async(n: u32) -> u32 {
//!     n * 2
//! }
//!
//! assert_eq!(fetch(1), 2);
//! ```
//!
//! # From `maybe-async` and `bisync`
//!
//! They compile one source in two ways. The sync way has no async in it and needs no runtime, but somebody has to write sync
//! I/O for it, and a feature or a module decides which one there is. With twins there is one way, async, and both APIs exist at
//! the same time, so the feature is additive.
//!
//! | there | here |
//! |---|---|
//! | `#[maybe_async] async fn f()` | `#[sync_wrapper] async fn f()`: both exist |
//! | the feature `is_sync` | call `f_sync` |
//! | `#[sync_impl]`, `#[async_impl]` | the async one only |
//! | `#[maybe_async::test]` | a test of each; [`in_every_context`](super::testing) for the blocking one |
//!
//! If your sync build exists to do *without* tokio, stay: a twin runs the async code, so it needs tokio.
//!
//! # From `stackful`
//!
//! It suspends sync code inside a task, on a stack of its own. That is [`fiber`](fn@crate::fiber) (feature `fiber`): `stackful(|| code()).await`
//! becomes `fiber(|| code()).await`, and `stack_await(future)` in the code becomes a twin, or [`block_on`](crate::block_on). The code is
//! `'static`, and the future not `Send`. In a task that goes from thread to thread, it is [`to_fiber`](crate::to_fiber()).
//!
//! ```
//! # #[sync_twin::sync_wrapper] async fn fetch(n: u32) -> u32 { n * 2 }
//! use sync_twin::{block_on, fiber};
//!
//! assert_eq!(block_on(fiber(|| fetch_sync(1) + fetch_sync(2))), 6);
//! ```
//!
//! # From a blocking client by hand
//!
//! Such a client holds a runtime or a thread, and repeats each method. Here the attribute on the async client's blocks writes it:
//! see [blocking APIs](super::blocking_apis), and [a whole replacement](super::replacing). What changes for its users: it works inside async code as well; its clients share
//! threads, instead of one thread each; and its panics name the call.
