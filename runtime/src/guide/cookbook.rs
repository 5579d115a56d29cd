//! The sync-twin line for each idiom of asyncio and tokio. Every block here runs as a test.
//!
//! | asyncio | tokio | sync-twin, from sync code | |
//! |---|---|---|---|
//! | `asyncio.run(f())` | `Runtime::block_on` | `f_sync()`, or `block_on(f())` | [→](#run-one-future) |
//! | `gather(*fs)` | `join_all` | `batch(fs).run()` | [→](#gather) |
//! | `gather(f(), g())` | `join!`, `try_join!` | `block_on(async { tokio::join!(f(), g()) })` | [→](#different-futures-at-once) |
//! | `wait(…, FIRST_COMPLETED)` | `select!` | `block_on(async { tokio::select! { … } })` | [→](#the-first-of-several) |
//! | `TaskGroup` | `try_join_all` | `batch(fs).try_run()` | [→](#all-or-the-first-error) |
//! | `Semaphore(n)` | `buffer_unordered(n)` | `batch(fs).limit(n)` | [→](#a-limit) |
//! | `as_completed(fs)` | `FuturesUnordered` | `batch(fs).as_completed()` | [→](#as-they-complete) |
//! | `wait_for(f(), d)` | `time::timeout` | `block_on_timeout(d, f())` | [→](#timeouts) |
//! | `create_task(f())` | `tokio::spawn` | `spawn(f())` | [→](#in-the-background) |
//! | `to_thread(f)` | `spawn_blocking` | `to_thread(f).await` | [→](#the-way-back-to_thread) |
//! | `async for` | `StreamExt::next` | `iter(stream)`, with the feature `stream` | [→](#streams) |
//! | `StreamReader` | `SyncIoBridge` | `io::Blocking` | [→](#read-and-write) |
//!
//! The blocks share this, and import what they call from `sync_twin`:
//!
//! ```
//! use std::time::Duration;
//! use sync_twin::sync_wrapper;
//!
//! /// In your program, a request to a server.
//! #[sync_wrapper]
//! async fn fetch(n: u32) -> Result<u32, String> {
//!     tokio::time::sleep(Duration::from_millis(1)).await;
//!     if n == 13 { Err("no luck".to_owned()) } else { Ok(n * 2) }
//! }
//! ```
//!
//! # Run one future
//!
//! ```
//! # use std::time::Duration;
//! # #[sync_twin::sync_wrapper]
//! # async fn fetch(n: u32) -> Result<u32, String> {
//! #     tokio::time::sleep(Duration::from_millis(1)).await;
//! #     if n == 13 { Err("no luck".to_owned()) } else { Ok(n * 2) }
//! # }
//! # use sync_twin::block_on;
//! assert_eq!(fetch_sync(1), Ok(2));
//! assert_eq!(block_on(fetch(1)), Ok(2));
//!
//! // More than one step: an async block is a small script.
//! let sum = block_on(async { Ok::<_, String>(fetch(1).await? + fetch(2).await?) });
//! assert_eq!(sum, Ok(6));
//! ```
//!
//! # Gather
//!
//! Outputs come in the order of the inputs. Futures may borrow, and none has to be `Send`.
//!
//! ```
//! # use std::time::Duration;
//! # #[sync_twin::sync_wrapper]
//! # async fn fetch(n: u32) -> Result<u32, String> {
//! #     tokio::time::sleep(Duration::from_millis(1)).await;
//! #     if n == 13 { Err("no luck".to_owned()) } else { Ok(n * 2) }
//! # }
//! # use sync_twin::batch;
//! let numbers = vec![1, 2, 13];
//! let outputs = batch(numbers.iter().map(|&n| fetch(n))).run();
//! assert_eq!(outputs, [Ok(2), Ok(4), Err("no luck".to_owned())]);
//! ```
//!
//! # Different futures at once
//!
//! `join!` waits for all, `try_join!` for all or the first error:
//!
//! ```
//! # use std::time::Duration;
//! # #[sync_twin::sync_wrapper]
//! # async fn fetch(n: u32) -> Result<u32, String> {
//! #     tokio::time::sleep(Duration::from_millis(1)).await;
//! #     if n == 13 { Err("no luck".to_owned()) } else { Ok(n * 2) }
//! # }
//! # use sync_twin::block_on;
//! let (number, text) = block_on(async {
//!     tokio::join!(fetch(1), async { "another type" })
//! });
//! assert_eq!((number, text), (Ok(2), "another type"));
//!
//! let both = block_on(async { tokio::try_join!(fetch(1), fetch(13)) });
//! assert_eq!(both, Err("no luck".to_owned()));
//! ```
//!
//! # The first of several
//!
//! `select!` drops the others, which cancels them:
//!
//! ```
//! # use std::time::Duration;
//! # #[sync_twin::sync_wrapper]
//! # async fn fetch(n: u32) -> Result<u32, String> {
//! #     tokio::time::sleep(Duration::from_millis(1)).await;
//! #     if n == 13 { Err("no luck".to_owned()) } else { Ok(n * 2) }
//! # }
//! # use sync_twin::block_on;
//! let first = block_on(async {
//!     tokio::select! {
//!         output = fetch(1) => output,
//!         () = std::future::pending() => unreachable!(),
//!     }
//! });
//! assert_eq!(first, Ok(2));
//! ```
//!
//! For the first of many of one type: `batch(fs).as_completed().next()`.
//!
//! # All, or the first error
//!
//! The other futures have been dropped when this returns:
//!
//! ```
//! # use std::time::Duration;
//! # #[sync_twin::sync_wrapper]
//! # async fn fetch(n: u32) -> Result<u32, String> {
//! #     tokio::time::sleep(Duration::from_millis(1)).await;
//! #     if n == 13 { Err("no luck".to_owned()) } else { Ok(n * 2) }
//! # }
//! # use sync_twin::batch;
//! assert_eq!(batch((1..=3).map(fetch)).try_run(), Ok(vec![2, 4, 6]));
//! assert_eq!(batch((1..=20).map(fetch)).try_run(), Err("no luck".to_owned()));
//! ```
//!
//! # A limit
//!
//! At most so many futures run at a time. The iterator is read only when there is room, so it may be of any length:
//!
//! ```
//! # use std::time::Duration;
//! # #[sync_twin::sync_wrapper]
//! # async fn fetch(n: u32) -> Result<u32, String> {
//! #     tokio::time::sleep(Duration::from_millis(1)).await;
//! #     if n == 13 { Err("no luck".to_owned()) } else { Ok(n * 2) }
//! # }
//! # use sync_twin::batch;
//! let sum: u32 = batch((100..600).map(fetch))
//!     .limit(50)
//!     .as_completed()
//!     .map(|output| output.unwrap_or(0))
//!     .sum();
//! assert_eq!(sum, (100..600).map(|n| n * 2).sum());
//! ```
//!
//! A limit that several batches or threads share is tokio's semaphore, which needs no runtime:
//!
//! ```
//! # use std::time::Duration;
//! # #[sync_twin::sync_wrapper]
//! # async fn fetch(n: u32) -> Result<u32, String> {
//! #     tokio::time::sleep(Duration::from_millis(1)).await;
//! #     if n == 13 { Err("no luck".to_owned()) } else { Ok(n * 2) }
//! # }
//! # use sync_twin::batch;
//! use tokio::sync::Semaphore;
//!
//! static CONNECTIONS: Semaphore = Semaphore::const_new(10);
//!
//! let outputs = batch((100..200).map(|n| async move {
//!     let _permit = CONNECTIONS.acquire().await.expect("nobody closes it");
//!     fetch(n).await
//! }));
//! assert_eq!(outputs.run().len(), 100);
//! ```
//!
//! # As they complete
//!
//! ```
//! # use std::time::Duration;
//! # #[sync_twin::sync_wrapper]
//! # async fn fetch(n: u32) -> Result<u32, String> {
//! #     tokio::time::sleep(Duration::from_millis(1)).await;
//! #     if n == 13 { Err("no luck".to_owned()) } else { Ok(n * 2) }
//! # }
//! # use sync_twin::batch;
//! let inputs = (1..=10).map(|n| async move { (n, fetch(n).await) });
//! for (n, output) in batch(inputs).as_completed() {
//!     println!("{n}: {output:?}");
//!     if n == 5 {
//!         break; // drops the iterator, which cancels the rest
//!     }
//! }
//! ```
//!
//! # Timeouts
//!
//! For one future, for each of many, for all of them together:
//!
//! ```
//! # use std::time::Duration;
//! # #[sync_twin::sync_wrapper]
//! # async fn fetch(n: u32) -> Result<u32, String> {
//! #     tokio::time::sleep(Duration::from_millis(1)).await;
//! #     if n == 13 { Err("no luck".to_owned()) } else { Ok(n * 2) }
//! # }
//! # use sync_twin::{batch, block_on_timeout};
//! use std::future::pending;
//!
//! let (short, long) = (Duration::from_millis(10), Duration::from_secs(60));
//!
//! assert_eq!(block_on_timeout(long, fetch(1)), Ok(Ok(2)));
//! assert!(block_on_timeout(short, pending::<()>()).is_err());
//!
//! let outputs = batch((1..=3).map(fetch)).timeout_each(long).timeout(long).run();
//! assert_eq!(outputs, Ok(vec![Ok(Ok(2)), Ok(Ok(4)), Ok(Ok(6))]));
//!
//! // With `try_run` the error takes the timeout in, if it is `From<Elapsed>`.
//! async fn hang() -> std::io::Result<()> {
//!     pending().await
//! }
//! let error = batch([hang(), hang()]).timeout(short).try_run().unwrap_err();
//! assert_eq!(error.kind(), std::io::ErrorKind::TimedOut);
//! ```
//!
//! # Cancelling
//!
//! Another thread ends a call, or many at once, as `task.cancel()` does in asyncio and a `CancellationToken` in tokio. For a twin there
//! is the option `cancel` of [`sync_wrapper`](crate::sync_wrapper).
//!
//! ```
//! use std::future::pending;
//! use std::thread;
//! use sync_twin::{Cancel, block_on_cancel};
//!
//! let cancel = Cancel::new();
//! let calls: Vec<_> = (0..3)
//!     .map(|_| {
//!         let cancel = cancel.clone();
//!         thread::spawn(move || block_on_cancel(&cancel, pending::<()>()))
//!     })
//!     .collect();
//! cancel.cancel();
//! for call in calls {
//!     assert!(call.join().expect("it does not panic").is_err());
//! }
//! ```
//!
//! By Ctrl-C: `spawn` a task that awaits `tokio::signal::ctrl_c()` and then calls `cancel()` on a clone. The example `ctrl_c` in
//! sync-twin's repository is such a program.
//!
//! # In the background
//!
//! ```
//! # use std::time::Duration;
//! # #[sync_twin::sync_wrapper]
//! # async fn fetch(n: u32) -> Result<u32, String> {
//! #     tokio::time::sleep(Duration::from_millis(1)).await;
//! #     if n == 13 { Err("no luck".to_owned()) } else { Ok(n * 2) }
//! # }
//! # use sync_twin::spawn;
//! let task = spawn(fetch(1));
//! let meanwhile: u64 = (1..=1000).sum();
//! assert_eq!((meanwhile, task.join()), (500_500, Ok(2)));
//!
//! // Not for ever:
//! let task = spawn(std::future::pending::<()>());
//! if let Err(task) = task.join_timeout(Duration::from_millis(10)) {
//!     task.cancel(); // has dropped the future when it returns
//! }
//!
//! // Several, that also *compute* at the same time:
//! let sums = sync_twin::batch((1..=4).map(|n| spawn(async move { (0..n * 1000).sum::<u64>() })));
//! assert_eq!(sums.run().len(), 4);
//! ```
//!
//! # Closing: an async drop
//!
//! `async with` in Python, `await using` in JavaScript: whatever happens in between, the end is awaited. Here a `Drop` does that,
//! from anywhere:
//!
//! ```
//! # use std::time::Duration;
//! # use sync_twin::closing;
//! # struct Client;
//! # impl Client {
//! #     async fn quit(&mut self) -> std::io::Result<()> { Ok(()) }
//! #     fn send(&mut self, _text: &str) {}
//! # }
//! # let client = Client;
//! let mut client = closing(client, async |mut client| client.quit().await).limit(Duration::from_secs(5));
//! client.send("hello");
//! drop(client); // or at a `?`, a `return` or a panic: says goodbye, and reports an error
//!
//! # let client = Client;
//! let other = closing(client, async |mut client| client.quit().await);
//! other.close()?; // says goodbye, and returns the error
//! # std::io::Result::Ok(())
//! ```
//!
//! A blocking type of your own does it by the option `close` of [`sync_wrapper`](crate::sync_wrapper).
//!
//! # The way back: to_thread
//!
//! Async code that has to call something blocking, on whatever executor:
//!
//! ```
//! # use sync_twin::{block_on, to_thread};
//! async fn checksum(path: &'static str) -> std::io::Result<u32> {
//!     to_thread(move || {
//!         let bytes = std::fs::read(path)?;
//!         Ok(bytes.into_iter().map(u32::from).sum())
//!     })
//!     .await
//! }
//! assert!(block_on(checksum("Cargo.toml"))? > 0);
//! # std::io::Result::Ok(())
//! ```
//!
//! Many of them, some at a time: `batch(paths.map(checksum)).limit(8).try_run()`.
//!
//! # Streams
//!
//! With the feature `stream`:
//!
//! ```
//! # #[cfg(feature = "stream")] {
//! use futures_util::stream::{self, StreamExt};
//!
//! let evens = stream::iter(1..).filter(|n| std::future::ready(n % 2 == 0));
//! assert_eq!(sync_twin::iter(evens).take(3).collect::<Vec<_>>(), [2, 4, 6]);
//! # }
//! ```
//!
//! # Channels, locks, events
//!
//! tokio's work in all of this as they are. With one end in sync code and the other in a task:
//!
//! ```
//! # use sync_twin::{block_on, spawn};
//! let (sender, mut receiver) = tokio::sync::mpsc::channel(8);
//! let task = spawn(async move {
//!     for n in 0..3 {
//!         sender.send(n).await.expect("somebody listens");
//!     }
//! });
//! let mut received = Vec::new();
//! while let Some(n) = block_on(receiver.recv()) {
//!     received.push(n);
//! }
//! assert_eq!(received, [0, 1, 2]);
//! task.join();
//! ```
//!
//! (`Receiver::blocking_recv` would do on a plain thread, but panics in async code.)
//!
//! # Read and Write
//!
//! Sync code that wants a [`Read`](std::io::Read) or [`Write`](std::io::Write) (a decompressor, a parser) gets async I/O
//! through [`Blocking`](crate::io::Blocking), wherever it runs:
//!
//! ```
//! use std::io::{self, BufRead, BufReader};
//! use sync_twin::io::Blocking;
//!
//! /// Blocking, and knows nothing of async.
//! fn count_lines(input: impl io::Read) -> io::Result<usize> {
//!     BufReader::new(input).lines().try_fold(0, |count, line| line.map(|_| count + 1))
//! }
//!
//! let input = &b"to\nbe\n"[..];
//! assert_eq!(count_lines(Blocking::new(input))?, 2);
//! # io::Result::Ok(())
//! ```
//!
//! With the feature `stream`, `io::reader` does so for a stream of bytes, and `io::chunks` and `io::to_stream` go the other way.
//!
//! The [`SyncIoBridge`] of tokio-util works in all contexts if you build and use it inside [`to_thread`].
//!
//! [`SyncIoBridge`]: https://docs.rs/tokio-util/latest/tokio_util/io/struct.SyncIoBridge.html
//!
//! Without `to_thread` it works in some contexts only, since it calls `Handle::block_on` for each read and write:
//!
//! | where sync code uses the bridge itself | |
//! |---|---|
//! | inside [`to_thread`], `spawn_blocking`, `block_in_place`, under an `enter()` guard | works |
//! | on a plain thread | `SyncIoBridge::new` panics; `new_with_handle` works, with a handle that was taken inside a twin |
//! | in the body of an async fn whose twin was called on a plain thread, or whose call is isolated | works |
//! | at the root or in a task of a runtime, in a `LocalSet`, in a spawned task | panics: "Cannot start a runtime from within a runtime" |
//!
//! # Pitfalls
//!
//! ## A forgotten `.await`
//!
//! An async fn that is called and not awaited does nothing, and neither does a batch that is not run. Both are
//! `#[must_use]`, so the compiler warns. A twin has no such trap: it has done its work when it returns. A [`Task`] runs
//! whether or not anybody joins it, and dropping it only lets go of it.
//!
//! ```compile_fail
//! #![deny(unused_must_use)]
//! sync_twin::batch([async {}]);
//! ```
//!
//! ## Blocking inside a coroutine
//!
//! `std::thread::sleep`, a lock that is held long or a blocking client in an async fn stops everything else on that
//! thread: in a [`batch`](fn@crate::batch) all other futures, in a runtime all other tasks. Wrap it in [`to_thread`].
//!
//! ```
//! # use std::time::Duration;
//! # use sync_twin::{batch, to_thread};
//! fn legacy(n: u32) -> u32 {
//!     std::thread::sleep(Duration::from_millis(1)); // say, a blocking driver
//!     n + 1
//! }
//! let outputs = batch((0..20).map(|n| to_thread(move || legacy(n)))).run();
//! assert_eq!(outputs.iter().sum::<u32>(), 210);
//! ```
//!
//! ## A twin inside async code
//!
//! It works, and blocks the thread for as long as it takes. So `.await` the async fn where that is possible, and use the
//! twin where it is not: in `Drop`, in a callback, in a trait method that is not async.
//!
//! ```
//! # use std::time::Duration;
//! # #[sync_twin::sync_wrapper]
//! # async fn fetch(n: u32) -> Result<u32, String> {
//! #     tokio::time::sleep(Duration::from_millis(1)).await;
//! #     if n == 13 { Err("no luck".to_owned()) } else { Ok(n * 2) }
//! # }
//! # sync_twin::block_on(async {
//! assert_eq!(fetch(1).await, Ok(2)); // rather than `fetch_sync(1)`
//! # });
//! ```
//!
//! On the thread of a current-thread runtime a twin cannot wait for something that only this thread could deliver,
//! such as a task that was spawned there: that is a deadlock which nobody can resolve.
//! `sync_twin::testing::in_every_context` (feature `testing`) finds such places in your own API.
//!
//! ## Computing
//!
//! Futures are for waiting. For parallel computation use rayon, where you may call twins too:
//!
//! ```
//! # use std::time::Duration;
//! # #[sync_twin::sync_wrapper]
//! # async fn fetch(n: u32) -> Result<u32, String> {
//! #     tokio::time::sleep(Duration::from_millis(1)).await;
//! #     if n == 13 { Err("no luck".to_owned()) } else { Ok(n * 2) }
//! # }
//! use rayon::prelude::*;
//!
//! let outputs: Result<Vec<_>, _> = (100..120).into_par_iter().map(|n| fetch_sync(n)).collect();
//! assert_eq!(outputs.map(|outputs| outputs.len()), Ok(20));
//! ```
//!
//! Mind that a rayon worker that waits computes nothing, and there are only as many as cores: fetch first with one
//! batch, then compute. And what a twin waits for must not need the pool that its thread belongs to (a future that calls
//! `rayon::spawn` and waits for the result hangs when all workers are waiting in twins).
//!
//! ```
//! # use std::time::Duration;
//! # #[sync_twin::sync_wrapper]
//! # async fn fetch(n: u32) -> Result<u32, String> {
//! #     tokio::time::sleep(Duration::from_millis(1)).await;
//! #     if n == 13 { Err("no luck".to_owned()) } else { Ok(n * 2) }
//! # }
//! # use sync_twin::batch;
//! use rayon::prelude::*;
//!
//! let fetched = batch((100..200).map(fetch)).limit(20).try_run()?;
//! let total: u64 = fetched.into_par_iter().map(u64::from).sum();
//! assert_eq!(total, 29_900);
//! # Ok::<(), String>(())
//! ```
//!
//! [`Task`]: crate::Task
//! [`to_thread`]: crate::to_thread()
