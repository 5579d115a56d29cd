//! The guide. It is part of the docs only: there is nothing to import.
//!
//! | you want to | chapter |
//! |---|---|
//! | write your first twins | [`getting_started`] |
//! | find the option for what you need | [`options`] |
//! | know the line for an idiom of asyncio or tokio | [`cookbook`] |
//! | give your library a blocking API | [`blocking_apis`] |
//! | delete the blocking module that somebody wrote by hand | [`replacing`] |
//! | move away from `Runtime::block_on`, `block_in_place`, `maybe-async` … | [`migration`] |
//! | call blocking code from async code | [`twin_or_to_thread`] |
//! | call async Rust from Python | [`python`] |
//! | test blocking code | [`testing`] |
//! | understand an error message, of the compiler or at run time | [`troubleshooting`] |
//! | understand why a call does not end | [`it_hangs`] |
//! | know what a call does where it is made, and what it costs | [`contexts`], [`benchmarks`] |
//! | know what happens when a runtime ends, a waker panics, a process forks | [`failures`] |
//! | set up threads, thresholds and policies, in code or by variables | [`configuration`] |
//! | know what your process notices: threads, signals, memory, the end | [`your_process`] |
//!
//! Four words recur. [*Home* and the *crew*](contexts#where-a-call-lives) are sync-twin's own two runtimes. A *driver* is a thread
//! that drives a current-thread runtime, as in `#[tokio::test]`. A call is *isolated* if another thread runs it, and polled *in
//! place* if the caller's does.
//!
//! The reference of the attribute is [`sync_wrapper`](macro@crate::sync_wrapper), that of its errors [`misuse`](crate::misuse).
//!
//! [`testing`]: self::testing

pub mod blocking_apis;
pub mod configuration;
pub mod contexts;
pub mod cookbook;
pub mod failures;
pub mod getting_started;
pub mod it_hangs;
pub mod migration;
pub mod options;
pub mod python;
pub mod replacing;
pub mod testing;
pub mod troubleshooting;
pub mod twin_or_to_thread;
pub mod your_process;

#[doc = include_str!("../../BENCHMARKS.md")]
pub mod benchmarks {}
