//! The first twins, and the first blocking type.
//!
//! ```toml
//! [dependencies]
//! sync-twin = { version = "0.1", features = ["stream"] }
//! tokio = { version = "1.54", features = ["rt", "time"] } # the features that your async fns need
//! futures-util = "0.3" # for the stream below
//!
//! [dev-dependencies]
//! sync-twin = { version = "0.1", features = ["testing"] }
//! ```
//!
//! # A fn
//!
//! ```
//! use std::time::Duration;
//! use sync_twin::sync_wrapper;
//!
//! /// Greets after a while.
//! #[sync_wrapper]
//! pub async fn greet(name: &str) -> String {
//!     tokio::time::sleep(Duration::from_millis(1)).await;
//!     format!("hello, {name}")
//! }
//!
//! assert_eq!(greet_sync("you"), "hello, you");
//! ```
//!
//! `greet` is as it was, for async code. `greet_sync` has its arguments, result, visibility and documentation, and blocks the
//! thread until the future has completed. There is no runtime to start or to pass: the first call starts what it needs.
//!
//! # Methods
//!
//! One attribute on the block is enough. It covers the async fns, and those that return a future whose output the type names:
//!
//! ```
//! use sync_twin::sync_wrapper;
//!
//! struct Counter {
//!     value: u32,
//! }
//!
//! #[sync_wrapper]
//! impl Counter {
//!     async fn increase(&mut self, by: u32) -> u32 {
//!         tokio::task::yield_now().await;
//!         self.value += by;
//!         self.value
//!     }
//! }
//!
//! let mut counter = Counter { value: 1 };
//! assert_eq!(counter.increase_sync(2), 3);
//! ```
//!
//! # A trait
//!
//! The twin is a provided method, so every implementor has it; also with `#[async_trait]`, and through `dyn`.
//!
//! ```
//! use sync_twin::sync_wrapper;
//!
//! #[sync_wrapper]
//! trait Store {
//!     async fn get(&self, key: &str) -> Option<u32>;
//! }
//!
//! impl Store for u32 {
//!     async fn get(&self, key: &str) -> Option<u32> {
//!         (key == "number").then_some(*self)
//!     }
//! }
//!
//! assert_eq!(7.get_sync("number"), Some(7));
//! ```
//!
//! # A stream
//!
//! With the feature `stream`, the twin of a fn that returns a stream returns an iterator:
//!
//! ```
//! # #[cfg(feature = "stream")] {
//! use futures_util::stream::{self, Stream};
//! use sync_twin::sync_wrapper;
//!
//! #[sync_wrapper]
//! fn countdown(from: u32) -> impl Stream<Item = u32> {
//!     stream::iter((0..from).rev())
//! }
//!
//! assert_eq!(countdown_sync(3).collect::<Vec<_>>(), [2, 1, 0]);
//! # }
//! ```
//!
//! # A blocking type
//!
//! Where a whole type should block, its methods need no suffix. `type = …` declares another type beside it:
//!
//! ```
//! use sync_twin::sync_wrapper;
//!
//! pub struct Client;
//!
//! #[sync_wrapper(type = BlockingClient)]
//! impl Client {
//!     pub async fn connect(address: &str) -> Result<Self, String> {
//!         address.contains(':').then_some(Client).ok_or_else(|| String::from("no port"))
//!     }
//!
//!     pub async fn ask(&self, question: &str) -> usize {
//!         question.len()
//!     }
//! }
//!
//! let client = BlockingClient::connect("localhost:1")?;
//! assert_eq!(client.ask("how many?"), 9);
//! # Ok::<(), String>(())
//! ```
//!
//! # Many at once
//!
//! Twins block one after the other. For many futures at the same time, give the futures themselves to a
//! [`batch`](fn@crate::batch):
//!
//! ```
//! use sync_twin::batch;
//!
//! async fn length(word: &str) -> usize {
//!     tokio::task::yield_now().await;
//!     word.len()
//! }
//!
//! let words = ["to", "be", "or", "not"];
//! let lengths = batch(words.iter().map(|word| length(word)))
//!     .limit(2)
//!     .on_progress(|done, total| eprintln!("{done} of {total:?}"))
//!     .run();
//! assert_eq!(lengths, [2, 2, 2, 3]);
//! ```
//!
//! # From async code
//!
//! There, `.await` the async fn. A twin works there too, and is right where `.await` cannot be: in a `Drop`, a comparator, a
//! `Display`, a callback of a C library, a method of a sync trait.
//!
//! # Next
//!
//! Test it [where your users call it](super::testing); find the [option](super::options) that you need; see what each
//! [misuse](crate::misuse) looks like.
