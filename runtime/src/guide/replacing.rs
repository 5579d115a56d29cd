//! Replacing a hand-written blocking module.
//!
//! Many async libraries have a second API that somebody wrote by hand: `reqwest::blocking`, the crate `postgres`, the `sync` modules
//! of drivers. Each repeats the methods of the async one, holds a runtime or a thread for each client, and panics where that cannot
//! block. This chapter replaces one. It takes a library called `store`:
//!
//! ```
//! # mod store { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide/replacing/store.rs")); }
//! # async fn show() -> Result<(), store::Error> {
//! let mut client = store::Client::connect("localhost").await?;
//! let transaction = client.begin().await?;
//! transaction.set("greeting", "hello").await?;
//! transaction.commit().await?;
//! assert_eq!(client.get("greeting").await?, "hello");
//! # Ok(()) }
//! # sync_twin::block_on(show()).unwrap();
//! ```
//!
//! # Before
//!
//! ```
//! # mod store { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide/replacing/store.rs")); }
//! pub mod blocking {
//!     use super::store::{self, Error};
//!     use tokio::runtime::{Builder, Runtime};
//!
//!     pub struct Client {
//!         runtime: Runtime,
//!         inner: store::Client,
//!     }
//!
//!     impl Client {
//!         pub fn connect(address: &str) -> Result<Client, Error> {
//!             let runtime = Builder::new_current_thread().enable_all().build().unwrap();
//!             let inner = runtime.block_on(store::Client::connect(address))?;
//!             Ok(Client { runtime, inner })
//!         }
//!
//!         pub fn get(&self, key: &str) -> Result<String, Error> {
//!             self.runtime.block_on(self.inner.get(key))
//!         }
//!
//!         pub fn begin(&mut self) -> Result<Transaction<'_>, Error> {
//!             let inner = self.runtime.block_on(self.inner.begin())?;
//!             Ok(Transaction { runtime: &self.runtime, inner: Some(inner) })
//!         }
//!     }
//!
//!     pub struct Transaction<'a> {
//!         runtime: &'a Runtime,
//!         inner: Option<store::Transaction<'a>>,
//!     }
//!
//!     impl Transaction<'_> {
//!         pub fn set(&self, key: &str, value: &str) -> Result<(), Error> {
//!             self.runtime.block_on(self.inner.as_ref().unwrap().set(key, value))
//!         }
//!
//!         pub fn commit(mut self) -> Result<(), Error> {
//!             self.runtime.block_on(self.inner.take().unwrap().commit())
//!         }
//!     }
//!
//!     impl Drop for Transaction<'_> {
//!         fn drop(&mut self) {
//!             if let Some(inner) = self.inner.take() {
//!                 let _ = self.runtime.block_on(inner.rollback());
//!             }
//!         }
//!     }
//! }
//! # fn main() {
//! # let mut client = blocking::Client::connect("").unwrap();
//! # client.begin().unwrap().set("a", "b").unwrap();
//! # client.begin().unwrap().commit().unwrap();
//! # assert_eq!(client.get("a"), Err(store::Error::Missing));
//! # }
//! ```
//!
//! It is not only long. A call panics inside async code, and so does a `drop`: if it is a panic that drops the transaction there,
//! the process aborts. A task that the library has spawned stands still between two calls. What the async client learns, this
//! one learns when somebody copies it.
//!
//! # After
//!
//! An attribute on each impl block declares the blocking type. `map` names the types that stand for others in results and arguments;
//! on a module it is for all blocks in it. Inside the library itself, the attribute goes on the blocks that are there, and `type =` is all
//! it needs. From another crate, write the signatures once more and say `foreign`: the compiler holds them to those of the library.
//!
//! ```
//! # mod store { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide/replacing/store.rs")); }
//! use sync_twin::sync_wrapper;
//!
//! #[sync_wrapper(map(
//!     store::Client = Client,
//!     store::Transaction = Transaction,
//!     store::Download = Download,
//! ))]
//! pub mod blocking {
//!     use super::store::{self, Error};
//!     use futures_util::stream::Stream;
//!     use sync_twin::sync_wrapper;
//!
//!     /// A connection.
//!     #[sync_wrapper(type = Client, foreign, derive(Debug))]
//!     impl store::Client {
//!         /// Connects.
//!         pub async fn connect(address: &str) -> Result<Self, Error>;
//!         /// The value of a key.
//!         pub async fn get(&self, key: &str) -> Result<String, Error>;
//!         /// Begins a transaction, which is rolled back when it is dropped.
//!         pub async fn begin(&mut self) -> Result<store::Transaction<'_>, Error>;
//!         /// All keys, one by one.
//!         pub fn keys(&self) -> impl Stream<Item = Result<String, Error>> + use<>;
//!         /// A value, as a reader.
//!         pub async fn download(&self, key: &str) -> Result<store::Download, Error>;
//!     }
//!
//!     /// Changes that the server takes together.
//!     #[sync_wrapper(type = Transaction, foreign, derive(Debug), close = rollback)]
//!     impl<'a> store::Transaction<'a> {
//!         /// Sets a key.
//!         pub async fn set(&self, key: &str, value: &str) -> Result<(), Error>;
//!         /// Keeps the changes.
//!         pub async fn commit(self) -> Result<(), Error>;
//!         /// Takes the changes back.
//!         pub async fn rollback(self) -> Result<(), Error>;
//!     }
//!
//!     /// A value that is on its way: a reader.
//!     #[sync_wrapper(type = Download, foreign, derive(Debug), read = chunk)]
//!     impl store::Download {
//!         /// The next piece, or `None` at the end.
//!         pub async fn chunk(&mut self) -> Result<Option<Vec<u8>>, Error>;
//!     }
//! }
//!
//! use std::io::Read as _;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let mut client = blocking::Client::connect("localhost")?;
//! let transaction = client.begin()?;
//! transaction.set("greeting", "hello, world")?;
//! transaction.commit()?;
//! client.begin()?.set("greeting", "never seen")?; // dropped, so rolled back
//!
//! let mut text = String::new();
//! client.download("greeting")?.read_to_string(&mut text)?;
//! assert_eq!(text, "hello, world");
//! assert_eq!(client.keys().collect::<Result<Vec<_>, _>>()?, ["greeting"]);
//!
//! // Nothing changes inside async code.
//! let runtime = tokio::runtime::Runtime::new()?;
//! runtime.block_on(async { assert_eq!(client.get("greeting").as_deref(), Ok("hello, world")) });
//! # Ok(())
//! # }
//! ```
//!
//! What a blocking type does besides calling methods, each by an option:
//!
//! | by hand | here |
//! |---|---|
//! | an iterator over a stream | a method that returns `impl Stream` returns an iterator; `type = Rows` on `impl Stream for RowStream` declares one |
//! | `io::Read` over chunks | `read = chunk`, or `read = next` of a stream |
//! | `io::Write` over a sink | `type = Writer, write = feed` on `impl Sink<Bytes> for …` |
//! | a `Pin<Box<_>>` around what is not `Unpin` | methods with `self: Pin<&mut Self>` |
//! | a `Drop` that says goodbye and waits | `close = quit`, with `close_timeout` if the other side may be gone |
//! | a limit for each call | `timeout = self.patience`, with `fields(patience: Option<Duration>)` |
//! | a trait over the client and its transaction | `trait = GenericClient, for(Client, Transaction<'_>)` on the async one |
//! | `Clone`, `Debug`, `Default` | `derive(…)` |
//! | the builder | its sync methods are passed through: `&mut self -> &mut Self` and `self -> Self` return the blocking one |
//!
//! # Errors, and limits of time
//!
//! Errors stay the library's: the same variants, sources and texts. Check whether it has limits of its own, as `reqwest` has, before
//! you add one: those of the library give its own error. A `timeout` gives [`Elapsed`](crate::Elapsed), which names the call and the
//! limit; `flatten` makes the library's error of it:
//!
//! ```
//! # mod store { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/guide/replacing/store.rs")); }
//! use std::time::Duration;
//! use store::Error;
//! use sync_twin::sync_wrapper;
//!
//! #[sync_wrapper(
//!     type = BlockingClient,
//!     foreign,
//!     fields(patience: Option<Duration> = Some(Duration::from_secs(30))),
//!     timeout = self.patience,
//!     flatten = |_| Error::Late
//! )]
//! impl store::Client {
//!     /// The value of a key.
//!     pub async fn get(&self, key: &str) -> Result<String, Error>;
//! }
//!
//! impl BlockingClient {
//!     /// Waits so long for each call, if that is not `None`.
//!     pub fn waiting(mut self, patience: Option<Duration>) -> Self {
//!         self.patience = patience;
//!         self
//!     }
//! }
//!
//! # fn main() {
//! let client = BlockingClient::from(store::Client::default());
//! let client = client.waiting(Some(Duration::from_millis(10)));
//! assert_eq!(client.get("slow"), Err(Error::Late));
//! assert_eq!(client.get("greeting"), Err(Error::Missing));
//! # }
//! ```
//!
//! A method that takes `self` and returns it, as a builder's does, keeps such fields. One that returns *another* type does not hand
//! them on: write that one by hand.
//!
//! # Tasks, and callbacks in them
//!
//! Between two calls the library's tasks go on: they live on sync-twin's runtime, which needs no caller to be driven. So a
//! connection's task, that a client by hand polls while it waits, is simply spawned. If such a task calls back into code of your
//! users, that code may block, as theirs usually does. Give it a thread by `spawn_blocking`, and wait for that. A panic ends there too,
//! and not the connection.
//!
//! ```
//! use sync_twin::sync_wrapper;
//! use tokio::task::{JoinHandle, spawn_blocking};
//!
//! #[sync_wrapper]
//! async fn ask(n: u32) -> u32 {
//!     tokio::task::yield_now().await;
//!     n * 2
//! }
//!
//! /// Lets a task call `notice`.
//! #[sync_wrapper]
//! async fn listen(notice: impl Fn(u32) -> u32 + Send + 'static) -> JoinHandle<Option<u32>> {
//!     tokio::spawn(async move { spawn_blocking(move || notice(1)).await.ok() })
//! }
//!
//! // What the user's callback calls, blocks.
//! let task = listen_sync(|n| ask_sync(n) + 1);
//! assert_eq!(sync_twin::block_on(task).unwrap(), Some(3));
//! ```
//!
//! A callback that runs in the call itself needs no care: it may block, and its panic reaches the caller.
//!
//! # What stays by hand
//!
//! - Methods with another shape: a `connect` that also spawns the connection's task, a `body` that takes a `File`. They go into an `impl`
//!   block of your own, by way of `as_async`, `into_inner` and `From`.
//! - Traits that `derive` does not know: `FromStr`, `From<File>`, a `Debug` that hides something.
//! - A sync reader or iterator that becomes a part of a request: [`io::chunks`](crate::io::chunks) and [`io::to_stream`](crate::io::to_stream)
//!   make streams of them, which read on another thread.
//! - Signatures that name types which the library keeps private. Nobody outside can write them.
//!
//! # Checklist
//!
//! 1. Write the family: one block for each type, `map` on the module, `foreign` from outside. Copy the signatures, not the bodies.
//! 2. Iterators, readers, writers, endings: an option each. Look for every `impl Drop`, `impl Iterator` and `impl Read` in the old module.
//! 3. Defaults. A module by hand may have some that the async crate has not: `reqwest::blocking` gives up after 30 seconds.
//! 4. Callbacks that a task calls: `spawn_blocking`.
//! 5. `#[must_use]`, docs and `# Errors` sections: they are copied from the block.
//! 6. Run the old module's tests over the new one. Then run them in [every context](super::testing); the old one cannot.
//! 7. Compare errors by text, and time limits by a server that stops in the middle.
//! 8. Deprecate the old module, or `pub use` the new one in its place.
//!
//! # What came of it
//!
//! Two such modules were replaced to try this: `reqwest::blocking` 0.13 and `postgres` 0.19, both from outside. Their code is in
//! `tests/families/clients` of the repository, and the tests beside it count and compare:
//!
//! | | by hand | here |
//! |---|--:|--:|
//! | lines of code, HTTP | 1425 | 355 |
//! | lines of code, PostgreSQL | 1428 | 472 |
//! | threads of 50 HTTP clients | 50 | those that the process has anyway |
//! | descriptors for each client | 5 | 1 |
//! | memory of 50 clients with a connection, HTTP | 5.1 MiB | 3.6 MiB |
//! | the same, PostgreSQL | 2.6 MiB | 3.2 MiB |
//! | calls and drops in async code, 8 situations | all panic, those of HTTP in debug builds | all work |
//!
//! Of some 70 situations, most end alike, to the text of the error. A thread alone makes 1.2 times as many calls, and 1000 rows one
//! by one take about half of the time. Many threads that share nothing are better off with a runtime each, as by hand:
//! threads with a PostgreSQL connection each make 0.7 to 1.0 times as many calls here on one core, and 0.2 to 0.9 times on two, since
//! callers share one driver, which one of them has to be. There `per_thread` is the [`flavor`](macro@crate::sync_wrapper#flavor-and-runtime) to choose, with 0.85 to 1.0 times as many on both. With one
//! HTTP client for all threads, which has a thread of its own by hand, it is 0.8 to 1.2 times as many with 2 to 32 threads. These
//! ratios are medians of a busy machine; `cargo bench -p sync-twin-tests --bench peers -- clients/ /sql/` measures them anew.
