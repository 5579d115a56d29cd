//! It hangs: what the report says, why, and the way out.
//!
//! A blocking call waits on the thread that makes it. If what it waits for needs that very thread, it waits for ever, and no
//! library can mend that. But it can be detected: a call that waits for a long time is reported on standard error, with the place
//! in your code, the most likely reason, what to write instead, and the other calls that wait.
//!
//! ```text
//! sync-twin: the blocking call at tests/api.rs:12:5 has waited for 10 s
//!   where:        thread `adds_a_user`, driver of a current-thread runtime; waits for the async `add_user`; the call runs
//!                 on an isolation thread
//!   most likely:  this thread drives a current-thread runtime, as in `#[tokio::test]`, `#[tokio::main(flavor =
//!                 "current_thread")]`, a `LocalSet` or an actix-web worker. While the call blocks it, none of that
//!                 runtime's tasks runs (one is alive). If the call waits for one of them, such as a server that was
//!                 spawned in the same test, […] it waits for ever. […]
//!   to do:        - in async code, `.await` the async fn instead of calling its twin
//!                 - […]
//! ```
//!
//! # When
//!
//! | the call | is reported after |
//! |---|---|
//! | on a thread that drives a current-thread runtime, or on a worker of a multi-thread one | 10 s |
//! | anywhere else | 60 s |
//! | in a task that another blocking call has spawned on home, which it holds up; with the handle of a lent runtime that nobody drives | 2 s |
//! | in the child of a fork | 5 s |
//! | during `testing::in_every_context` | 1 s |
//!
//! Each call site is reported once in each [`Context`](crate::Context). Two more things are reported when calls wait for
//! them: a task that has not returned to home's reactor for two seconds, and a crew none of whose workers has run a task for
//! two seconds.
//!
//! The environment variable `SYNC_TWIN_STALL` sets the time for all calls, in milliseconds, or turns reports `off`. With the
//! feature `tracing`, a report is an event (target `sync_twin`, level `WARN`, with the fields `location`, `thread`,
//! `context`, `waited_ms`, `place`, `reason`, `to_do` and `others`) if a global subscriber listens to it. Threads of
//! sync-twin's own notice and write, so a call is never held up by its report, or by a standard error that is closed or full.
//!
//! You need not wait for a report: [`blocked_calls`](crate::blocked_calls) lists the calls that wait at this moment, and
//! [`metrics`](crate::metrics) counts them.
//!
//! # What it is, and the way out
//!
//! | symptom | the report says | reason | way out |
//! |---|---|---|---|
//! | a `#[tokio::test]` that spawns a server and calls a twin | driver of a current-thread runtime | the server is a task of the runtime that the call blocks | `.await` the async fn, or `#[tokio::test(flavor = "multi_thread")]` |
//! | an actix-web handler, or another one on a runtime with one thread, that calls its own server | driver | the same | `.await`, or `to_thread(…).await`, or [`serve`](crate::ToThread::serve) |
//! | a twin with a client that async code has used before, in a service with one thread per worker | driver | a pooled connection has a task in the runtime that the call blocks | a client of its own for blocking code |
//! | a channel, a `Stream`, a semaphore or a fair lock whose other end is a task of the same loop | driver | that task cannot run | `.await`, or have the task elsewhere, by [`spawn`](crate::spawn()) |
//! | an actor that sends itself a message and waits for the answer | driver | it handles one message at a time | `.await` outside of the handler, or reply later |
//! | `println!("{}", value)` whose `Display` calls a twin, where the async fn prints as well | driver; an isolation thread | the call runs on another thread, for which standard output is locked | `isolation = "never"` |
//! | a task that has a guard or a permit while it calls | worker | what the call waits for needs the same lock | drop the guard first, or `.await` while you hold it |
//! | a `join!` or `select!`, of which one branch calls | worker; beside a runtime | the other branches cannot run | `.await`, or a task for each branch |
//! | a plain thread that has the sender of the channel, or the lock, that the call waits for | outside any runtime | only that thread could go on | drop the sender or the guard before the call |
//! | a thread that joins the thread that waits, a pool (rayon) all of whose threads wait for it | outside any runtime | a circle of threads | a pool of its own for what is waited for |
//! | every call of the process stands still | a task has not returned to its runtime | a task on home blocks without `.await` | tokio's locks and timers, [`to_thread`](crate::to_thread()), [`spawn`](crate::spawn()) |
//! | a set of futures (`FuturesUnordered`, `buffer_unordered`) in `block_on` on a driver | driver | the runtime keeps back a `yield_now` of a child | [`batch`](fn@crate::batch) |
//! | code that a task [serves](crate::ToThread::serve), and whose calls do not go on | in code that a task serves | the task awaits something else, in the body of a `select!` say, or blocks its thread | await the future of `serve` to its end, or drop it |
//! | `runtime = self.handle` | nobody drives | a current-thread runtime works only while somebody is in its `block_on` | lend the `Runtime`, or leave the option out |
//! | a peer that never answers | any | nothing is wrong here | a time limit |
//!
//! Each of those that the report calls "driver" completes in a [`fiber`](fn@crate::fiber) (feature `fiber`) around the sync code, which the task
//! then awaits: the call suspends the code, and the thread goes on with what the call waits for.
//!
//! A [`timeout`](fn@crate::block_on_timeout) ends each of these waits with an error that names the call, except where a poll
//! itself blocks, as in the `Display` that prints. It mends none of them.
//!
//! # What is not reported
//!
//! A call that is ready at once is not listed, so one that blocks plainly in the *first* poll of its
//! future (a `std` lock in the async fn, before any `.await` has had to wait) is not seen, unless an isolation thread runs
//! it. Neither is a deadlock in which no blocking call of sync-twin has a part. For these, use a debugger.
