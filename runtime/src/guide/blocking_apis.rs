//! A blocking API for your async library, beside the async one.
//!
//! # As a feature
//!
//! The blocking API is an additive Cargo feature: it adds names, and changes none. The attribute may be conditional:
//!
//! ```toml
//! [features]
//! blocking = ["dep:sync-twin"]
//!
//! [dependencies]
//! sync-twin = { version = "0.1", optional = true }
//! ```
//!
//! ```
//! # mod library {
//! /// Greets.
//! #[cfg_attr(feature = "blocking", sync_twin::sync_wrapper)]
//! pub async fn greet(name: &str) -> String {
//!     format!("hello, {name}")
//! }
//! # }
//! ```
//!
//! # Twins, or blocking types
//!
//! *Twins* suit a crate with a few fns, and users who mix async and blocking code: both ways are on one type.
//! *Blocking types* suit users who know only blocking code: they see no `_sync`, and no async method to take for it. Collect
//! them in a module of their own, as `reqwest::blocking` does:
//!
//! ```
//! # mod library {
//! use sync_twin::sync_wrapper;
//!
//! /// For async code.
//! pub struct Client;
//!
//! /// What a server has answered.
//! pub struct Answer(u32);
//!
//! #[sync_wrapper(type = BlockingClient, docs = "For blocking code.", map(Answer = BlockingAnswer))]
//! impl Client {
//!     /// Connects.
//!     pub async fn connect() -> Client {
//!         Client
//!     }
//!
//!     /// Asks.
//!     pub async fn ask(&self) -> Answer {
//!         Answer(42)
//!     }
//! }
//!
//! #[sync_wrapper(type = BlockingAnswer, docs = "What a server has answered.")]
//! impl Answer {
//!     /// Reads it to its end.
//!     pub async fn read(self) -> u32 {
//!         self.0
//!     }
//! }
//!
//! /// The same for blocking code.
//! pub mod blocking {
//!     pub use super::{BlockingAnswer as Answer, BlockingClient as Client};
//! }
//! # }
//! # use library::blocking;
//!
//! assert_eq!(blocking::Client::connect().ask().read(), 42);
//! ```
//!
//! Rules for methods, arguments, results and traits are in the attribute's reference:
//! [blocking types](macro@crate::sync_wrapper#a-blocking-type), [families](macro@crate::sync_wrapper#families),
//! [foreign types](macro@crate::sync_wrapper#foreign-types), [blocking traits](macro@crate::sync_wrapper#blocking-traits).
//!
//! # What is part of your API
//!
//! - The names of twins and blocking types, and their signatures. `name`, `prefix`, `suffix` and `type` choose them; they
//!   do not change unless you change them, or the async fn.
//! - [`Elapsed`](crate::Elapsed), if a twin has a `timeout` and does not fold it into an error of yours. Then sync-twin is a public
//!   dependency. `From<Elapsed>` exists for `std::io::Error`.
//! - Not whether a call is isolated: that follows from what is `Send`, which is a promise of your types anyway.
//! - Not where a call lives. But users notice threads: tell them of [`shutdown`](fn@crate::shutdown) and of [what a process
//!   notices](super::your_process).
//!
//! # What to tell users
//!
//! The page of each twin says what it is and links to the async fn. Say once, at the front, that blocking calls may be made
//! from anywhere, and that async code should `.await` instead.
//!
//! # Tests
//!
//! [`in_every_context`](super::testing) calls your API in 24 kinds of places. It is the test that finds a runtime of your own that is
//! started in one of them, and an object that is tied to its caller's runtime.
//!
//! # In a macro of yours
//!
//! A macro that expands to the attribute names the crate: `#[sync_wrapper(crate = $crate::reexport::sync_twin)]`. See
//! [`crate`](macro@crate::sync_wrapper#crate).
