//! Tests of blocking code.
//!
//! # Where users call it
//!
//! A blocking fn that was tested only on a plain thread may still panic or hang in an axum handler, in a `#[tokio::test]`, in a
//! `Drop`. With the feature `testing`, which belongs in `[dev-dependencies]`, one line calls it in 24 kinds of places, and with
//! the feature `fiber` in two more:
//!
//! ```
//! # #[cfg(feature = "testing")] {
//! use sync_twin::sync_wrapper;
//! use sync_twin::testing::in_every_context;
//!
//! #[sync_wrapper]
//! async fn answer() -> u32 {
//!     tokio::task::yield_now().await;
//!     42
//! }
//!
//! in_every_context(|| assert_eq!(answer_sync(), 42));
//! # }
//! ```
//!
//! The panic of a test that fails lists each context and what went wrong there; for a hang it lists the calls that wait.
//!
//! # A server in the same test
//!
//! This is the accident that everybody has once. A `#[tokio::test]` has one thread: a server that it spawns cannot answer
//! while a twin blocks that thread.
//!
//! ```no_run
//! # async fn serve() {}
//! # #[sync_twin::sync_wrapper] async fn fetch() {}
//! #[tokio::test] // hangs, and says so after ten seconds
//! async fn fetches() {
//!     tokio::spawn(serve());
//!     fetch_sync();
//! }
//! ```
//!
//! Any of these mends it: `.await` the async fn; `#[tokio::test(flavor = "multi_thread")]`; a plain `#[test]`, with the server
//! started by [`spawn`](fn@crate::spawn):
//!
//! ```
//! use sync_twin::{spawn, sync_wrapper};
//! use tokio::sync::mpsc;
//!
//! #[sync_wrapper]
//! async fn first(receiver: &mut mpsc::Receiver<u32>) -> Option<u32> {
//!     receiver.recv().await
//! }
//!
//! // #[test]
//! fn a_server_beside_blocking_code() {
//!     let (sender, mut receiver) = mpsc::channel(1);
//!     let server = spawn(async move { sender.send(7).await });
//!     assert_eq!(first_sync(&mut receiver), Some(7));
//!     assert!(server.join().is_ok());
//! }
//! # a_server_beside_blocking_code();
//! ```
//!
//! # A clock that is paused
//!
//! `tokio::time::pause` in a test (`start_paused`) stops the clock of that test's runtime. A twin lives on another one, so it
//! sleeps real time. [`on_runtime`](crate::testing::on_runtime) lets the blocking calls of some code live on a runtime of the
//! test's own. With a clock that is paused they live in virtual time: what waits for an hour takes no time.
//!
//! ```text
//! // tokio = { version = "1.54", features = ["test-util"] }
//! let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build()?;
//! on_runtime(runtime, || {
//!     let error = client.fetch_sync().unwrap_err(); // retries for an hour, and gives up
//! });
//! ```
//!
//! std's clock, other threads, [`spawn`](fn@crate::spawn) and [`to_thread`](fn@crate::to_thread) go on in real time, and so
//! does whatever answers from outside: a paused clock jumps while all that a call waits for is an answer over a socket, and
//! its time limit has passed.
//!
//! A future that pauses the clock itself, inside a call, has a home of its own with that clock; see
//! [failures](super::failures#runtimes-wakers-clocks).
//!
//! # In CI
//!
//! `SYNC_TWIN_STALL=2000 cargo test` reports each call that has waited for two seconds. See [it hangs](super::it_hangs).
//!
//! `SYNC_TWIN_ON_DRIVER=deny SYNC_TWIN_ON_WORKER=deny cargo test` fails each test in which async code calls a twin. See
//! [configuration](super::configuration).
