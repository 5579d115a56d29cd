//! What can be set for the process, by code and by the environment.
//!
//! sync-twin needs no setting. A program that wants one makes a [`Builder`](crate::Builder) at the beginning of `main` and
//! calls [`install`](crate::Builder::install); whoever *operates* the program sets variables of its environment.
//!
//! | what | method of `Builder` | variable | default |
//! |---|---|---|---|
//! | the beginning of all threads' names | `thread_name` | | `sync-twin` |
//! | stacks, by kind of thread | `stack_size` | | isolated: 8 MiB; others: 2 MiB, or `RUST_MIN_STACK` |
//! | the stacks of fibers | `fiber_stack_size` | | 1 MiB |
//! | threads for `to_fiber` | `fiber_threads` | | as many as cores, at least 2 |
//! | workers of the crew | `worker_threads` | `SYNC_TWIN_WORKER_THREADS` | as many as cores, at least 8 |
//! | workers for `spawn` | `background_threads` | `SYNC_TWIN_BACKGROUND_THREADS` | as many as cores, at least 2 |
//! | threads for `spawn_blocking`, of each runtime | `max_blocking_threads` | `SYNC_TWIN_MAX_BLOCKING_THREADS` | 4096 |
//! | how long such a thread stays | `blocking_keep_alive` | | 10 s; in the crew 1 s |
//! | how long an isolation thread stays | `isolation_keep_alive` | | 10 s |
//! | where calls live | `flavor` | `SYNC_TWIN_FLAVOR` | `auto` |
//! | how long a call waits before it is reported | `stall_after` | `SYNC_TWIN_STALL` | 10 s on a driver or worker, 60 s elsewhere |
//! | how long calls in tasks outlive their runtime | `grace` | `SYNC_TWIN_GRACE` | 1 s |
//! | how long a call of a twin may take that has no `timeout` | `time_limit` | `SYNC_TWIN_TIME_LIMIT` | none |
//! | a blocking call on a driver | `on_driver` | `SYNC_TWIN_ON_DRIVER` | `warn` in a debug build, else `allow` |
//! | a blocking call on a worker | `on_worker` | `SYNC_TWIN_ON_WORKER` | `allow` |
//! | code that is told of such calls | `on_blocking_in_async` | | none |
//! | whether threads take no signals | `block_signals` | | `true` |
//! | whether threads have the CPU affinity of who calls `start` | `inherit_affinity` | | `false` |
//! | code at the beginning of a thread | `on_thread_start` | | none |
//! | code at the end of a thread | `on_thread_stop` | | none |
//!
//! # Who wins
//!
//! A variable wins over the program's code, and the code over the default. It is the other way round for what a *twin* says:
//! `flavor = "multi_thread"` on an async fn is part of how that fn works, so it wins over the process's flavor. The flavors are
//! `auto`, `current_thread`, `multi_thread` and `per_thread`; [`flavor`](macro@crate::sync_wrapper#flavor-and-runtime) says when
//! to choose which.
//!
//! # Variables
//!
//! Times are in milliseconds; `off` is none. An empty variable counts as one that is not set. A value that cannot be
//! understood, or is not Unicode, is ignored and [reported](crate#reports) once, with the first use. It never ends the
//! program.
//!
//! They are read once: by `install`, or else with the first use. A change after that does nothing, and no call looks at
//! the environment.
//!
//! # Once, and for good
//!
//! The configuration is fixed by the first of these two: `install`, or the first use of sync-twin (a call, a
//! [`spawn`](crate::spawn()), [`start`](crate::start()), [`metrics`](crate::metrics()) …). An `install` that is too late
//! returns an [error](crate::InstallError), and changes nothing. After a [`shutdown`](crate::shutdown()), and in a child of a
//! fork, it is still the same.
//!
//! It belongs to the process. A library that installs one takes the choice from the program, and fails where the program or
//! another library was first: it should use options of its twins instead.
//!
//! # A time limit for all
//!
//! `timeout` on a block limits its calls, and they return an [`Elapsed`](crate::Elapsed). So it is part of their signatures.
//! The limit of the process is a last resort for all others: a call that takes longer *panics* where it is made, with the
//! text that `Elapsed` has. Its future has been dropped by then. In a task that ends the task, on a thread the thread.
//!
//! It is for calls of twins only. [`block_on`](crate::block_on), batches, joins, the items of a stream and a twin named
//! `main` may take as long as they like, and so may a twin that has a `timeout` of its own, however long that is. A call
//! that is made while the thread unwinds or ends, where a panic would end the process, goes on, too; it is
//! [reported](crate#reports) as ever.
//!
//! # Blocking calls in async code
//!
//! A twin can be called from async code, and does no more harm there than it must; but `.await` does none. A *policy* says what
//! happens to such calls: `allow`, `warn` or `deny`. [`Policy`](crate::Policy) has the words.
//!
//! | where | what the call does to others | default |
//! |---|---|---|
//! | the thread of a current-thread runtime, a `LocalSet`; a task that a call has spawned in home | none of that runtime's tasks runs meanwhile | `warn`, where the twin's crate is built with debug assertions |
//! | a task of a multi-thread runtime, also one of [`spawn`](crate::spawn()) | a thread is taken up meanwhile | `allow` |
//! | anywhere else: plain threads, `spawn_blocking`, [`to_thread`](crate::to_thread()), inside another call | nothing | none asked |
//! | the root of a multi-thread runtime (`#[tokio::main]`) | the futures beside it in a `join!` wait | none asked: it looks like a `spawn_blocking` |
//!
//! Everything that blocks is a call: twins, [`block_on`](crate::block_on), a batch, the `next` of an iterator, a join. Whether
//! it has to wait does not matter. A sync fn that is called in async code is async code in this sense, and so is a
//! `Drop` that runs there. In a `Drop` nobody can `.await`, so its twins want the option. (The `Drop`s of `close =` and of [`closing`](crate::closing()) are
//! never asked.)
//!
//! ```
//! use sync_twin::sync_wrapper;
//!
//! struct Session;
//!
//! impl Session {
//!     #[sync_wrapper(on_driver = "allow")]
//!     async fn close(&self) {
//!         // …
//!     }
//! }
//!
//! impl Drop for Session {
//!     fn drop(&mut self) {
//!         self.close_sync();
//!     }
//! }
//! ```
//!
//! **In tests**, a variable finds all such calls at once. A call that is denied panics in its place, and names the async fn:
//!
//! ```sh
//! SYNC_TWIN_ON_DRIVER=deny SYNC_TWIN_ON_WORKER=deny cargo test
//! ```
//!
//! `testing::in_every_context` makes its calls nevertheless: that is what it is for.
//!
//! **In production**, [`Builder::on_blocking_in_async`](crate::Builder::on_blocking_in_async) counts them, or logs them in
//! your way.
//!
//! **Before anything runs**, clippy forbids them by name in a crate that is async throughout:
//!
//! ```toml
//! # clippy.toml
//! disallowed-methods = [
//!     { path = "sync_twin::block_on", reason = "`.await` the future" },
//!     { path = "my_client::Client::get_sync", reason = "`.await` `get`" },
//! ]
//! ```
//!
//! It sees what is written in that crate, and not what a sync fn of another crate calls. Where a call is right, write
//! `#[expect(clippy::disallowed_methods, reason = "…")]`.
//!
//! # An example
//!
//! ```
//! use std::time::Duration;
//! use sync_twin::{Builder, Flavor, ThreadKind};
//!
//! Builder::new()
//!     .thread_name("billing")
//!     .worker_threads(4)
//!     .max_blocking_threads(64)
//!     .stack_size(ThreadKind::Isolated, 2 << 20)
//!     .flavor(Flavor::MultiThread)
//!     .stall_after(Duration::from_secs(5))
//!     .grace(Duration::from_millis(200))
//!     .on_thread_start(|kind| println!("a thread of kind {kind:?} begins"))
//!     .install()?;
//! # Ok::<(), sync_twin::InstallError>(())
//! ```
