//! Where a twin can be called, what it does there, and where its future lives.
//!
//! You never have to ask where a call is made: it finds out. [`Context::current`](crate::Context::current) tells the same for
//! diagnostics.
//!
//! | context | where that is | what a call does there |
//! |---|---|---|
//! | [`Outside`](crate::Context::Outside) | a plain thread, a rayon worker, another executor; inside a call that was made in such a place | polls the future here, in *home*, and drives that while it waits |
//! | [`Beside`](crate::Context::Beside) | the main future of a multi-thread `#[tokio::main]`, also in a `LocalSet` there; `spawn_blocking`; under an `enter()` guard; in `block_in_place` | polls the future here, in the *crew*, and parks |
//! | [`Worker`](crate::Context::Worker) | a task of a multi-thread runtime | polls once, in the crew; if the future has to wait, hands the worker's other tasks over by `block_in_place`, and parks |
//! | [`Driver`](crate::Context::Driver) | a current-thread runtime: `#[tokio::test]`, actix-web; a `LocalSet` or `LocalRuntime` | arguments and result are `Send`: an *isolation thread* runs the call, in home. Otherwise polls here, in the crew, and parks |
//! | [`Fiber`](crate::Context::Fiber) | on the stack of a [`fiber`](fn@crate::fiber) or [`to_fiber`](crate::to_fiber()), before all other rows | polls here, in the runtime and with the waker of the task that awaits the fiber, and suspends it: nothing is blocked |
//! | [`Served`](crate::Context::Served) | code that a task awaits by [`to_thread(…).serve()`](crate::ToThread::serve) or [`serve_local`](crate::ToThread::serve_local), whatever is around it there | arguments and result are `Send`, and under `serve` the future: the awaiting task polls the call. Otherwise it does as the rest of the place says |
//! | [`ThreadExit`](crate::Context::ThreadExit) | a thread-local's destructor, once tokio's thread-locals are gone | `Send`: an isolation thread runs the call. Otherwise polls here, without a runtime |
//!
//! An isolation thread is a plain thread that runs one call at a time and is kept for the next one for ten seconds. It builds
//! and runs the future there, so only the arguments and the result have to be `Send`. The arguments may borrow from the caller,
//! which waits for the end of the call. It does not see the caller's thread-locals.
//!
//! Calls that take a future that exists already ([`block_on`](crate::block_on), [`batch`](fn@crate::batch)) are never isolated:
//! the future would have to be `Send`. [`block_on_with`](crate::block_on_with) takes a closure that builds one.
//!
//! # Where a call lives
//!
//! The tasks that a future spawns, and its sockets and timers, belong to a runtime. That runtime is never the caller's, but in a
//! [`fiber`](fn@crate::fiber), where a call is as an `.await`, and in code that a task [serves](super::twin_or_to_thread#or-serve).
//! sync-twin has two of its own for all, which live until the process ends or [`shutdown`](fn@crate::shutdown). A connection made on one works from the other.
//!
//! - **Home** is a current-thread runtime. Its callers drive it while they wait, so a lone caller's I/O needs no switch to
//!   another thread. A call lives there when no runtime is at work on or beside its thread: on plain threads, and on
//!   isolation threads.
//! - **The crew** is a multi-thread runtime. All other calls live there. Their threads park while they wait, and never run
//!   another caller's tasks.
//!
//! The thread that drives home also runs the tasks that other calls have left there, on its own stack and with its own
//! thread-locals, such as a `tracing` subscriber that is set for a scope. They are not in its spans, though: with the feature
//! `tracing` it leaves those (up to 64) while it drives, and enters them again for its own call. If a task of home makes a
//! blocking call itself, it *holds* home: until that call has ended, new calls go to the crew.
//!
//! With `flavor = "per_thread"`, each plain thread has a home *of its own*, and with it neither shares a driver with others nor
//! runs their tasks. It is for threads that have a client each. When the thread does something else for more than some
//! milliseconds, one that stands in for it drives its home, and when it has ended, the next thread that starts takes that over,
//! with the connections and tasks that are there. A thread that drives a current-thread runtime, such as each worker of
//! actix-web, has one, too: the isolation thread that makes a call for it drives that meanwhile. In all other places a call lives
//! in the crew, or in the home of all if it is isolated there. A call that is made in a task of such a home lives in the crew.
//!
//! `flavor = "current_thread"` puts a twin's calls on home wherever they are made, `flavor = "multi_thread"` on the crew. The
//! environment variable `SYNC_TWIN_FLAVOR` does the same for all calls of the process that have no flavor of their own, and so
//! does [`Builder::flavor`](crate::Builder::flavor). `auto` is the rule above. On home a call costs half the CPU time of one that parks. On the crew no task
//! holds up another, and code that needs a multi-thread runtime (`block_in_place`) works.
//!
//! | in the async fn | on home | on the crew |
//! |---|---|---|
//! | [`tokio::task::block_in_place`] | panics in what it spawns | works in what it spawns |
//! | [`Handle::block_on`](tokio::runtime::Handle::block_on), [`Runtime::block_on`](tokio::runtime::Runtime::block_on), `blocking_recv` | works | works, but panics in the first poll of a call on a worker, at the root of a multi-thread runtime, and in place on a driver |
//! | [`tokio::task::spawn_local`] | panics: bring a [`LocalSet`](tokio::task::LocalSet) | the same; polled in place inside a `LocalSet`, it spawns there, and that set runs the task after the call |
//!
//! # What goes along to another thread
//!
//! An isolated call polls its future on a thread of its own, and so do [`spawn`](fn@crate::spawn) and
//! [`to_thread`](fn@crate::to_thread). What the caller's thread knows is not known there: `task_local!`s, `thread_local!`s,
//! the span of a log. [`carry`](fn@crate::carry) names what is to hold there, too. With the feature `tracing` the current span
//! and the current dispatcher always do. Each holds while that future is built, polled or dropped; other tasks, and the
//! next call on the thread, do not see it. The example `request_id` shows both in the logs of a request.
//!
//! All other calls stay on their thread, where everything is in place.
//!
//! # What a call costs
//!
//! | where | cost beyond the future itself |
//! |---|---|
//! | a future that is ready at once, anywhere but on a driver | 40 to 60 ns: no allocation, no lock, no system call |
//! | a future that waits, on a plain thread | the thread drives home meanwhile, or parks while another thread does |
//! | a future that waits, beside a runtime | the thread parks, and the crew wakes it |
//! | a future that waits, on a worker of a multi-thread runtime | [`tokio::task::block_in_place`], then the thread parks |
//! | in a fiber | what an `.await` costs, and some 50 ns for each suspension; no other thread |
//! | in code that a task serves | one round trip to that task, and one allocation |
//! | on a thread that drives a current-thread runtime | one round trip to an isolation thread; if the call cannot be isolated, a look at the scheduler for each poll (2 ns) |
//!
//! A future of more than 16 KiB (2 KiB in a debug build) is boxed.
//!
//! # On many cores
//!
//! Home has one driver at a time. What the driver does for a request bounds what all plain threads together get, however many cores
//! there are: it reads and writes the socket, runs the connection's task, and wakes the caller. For a small HTTP/1 request over
//! loopback that is 7 µs with warm caches and 20 µs with cold ones, so 50,000 to 130,000 requests a second. To that comes
//! what the task computes: TLS for a reply of 64 KiB, decompression, parsing. With 50 µs of it, no more than 17,000 are left. What
//! the calling future itself computes does not count: that runs on the callers' threads.
//!
//! So look at the thread `sync-twin-home` under load (`top -H`). If it is busy for more than half of a core, choose another
//! [`flavor`](macro@crate::sync_wrapper#flavor-and-runtime):
//!
//! - `"per_thread"` if each thread has a client of its own: as many drivers as threads, and no wait for another thread. That goes
//!   for the workers of actix-web as well: two current-thread runtimes on two cores got 26,000 replies a second with it, 19,000 in
//!   home. With several times as many threads as cores home is about equal, or ahead.
//! - `"multi_thread"` if they share one, or if what their calls spawn computes: a worker for each core, and two thread
//!   switches for each wait.
//!
//! Eight threads on two cores, with a connection each whose task computes for 50 µs a reply, got 16,000 replies a second in
//! home, 23,000 in the crew, 26,000 with `"per_thread"`, and 28,000 with a runtime each by hand.
//!
//! # What a blocked thread holds up
//!
//! - On a worker of a multi-thread runtime, tokio moves the worker's other tasks to another thread. On a current-thread runtime
//!   there is no other thread, so its other tasks, sockets and timers wait until the call returns. What is joined or selected
//!   with the calling future in one task waits in either case.
//! - A task that a call has spawned on home and that makes a blocking call in its turn holds up the tasks, sockets and timers of
//!   home until that call ends, and must not wait for one of them. New calls go to the crew meanwhile. After two seconds the
//!   call is reported. In such a task, `.await` the async fn.
//!
//! # Time limits
//!
//! `tokio::time::timeout`, `select!`, the `timeout` option and the timeouts of [`batch`](fn@crate::batch) also end a future that is
//! always ready, such as one that reads a socket whose peer sends faster than it reads. Each poll has a coop budget of its
//! own, as in a task. The one exception is a call that is polled in place on a driver. There tokio's scheduler keeps back the
//! wake-up of a future that has used up its budget, so such a call has no budget, and no timeout ends a future that is always
//! ready. The first poll for an item of [a stream's blocking type](macro@crate::sync_wrapper#blocking-types-of-streams-and-sinks) is in
//! place, too, where nothing can end that call.
//!
//! # What a call cannot see
//!
//! tokio does not tell which runtime's scheduler is at work on a thread, only which runtime is entered. The two differ under
//! an `enter()` guard:
//!
//! - A task of a multi-thread runtime under the guard of a current-thread one counts as a driver: its worker is not handed
//!   over, and a call that waits for a task in that worker's queue waits for ever. After ten seconds it is reported.
//! - A task under the guard of another multi-thread runtime is taken for one of that runtime: when that one shuts down, the
//!   task's calls end after the grace, and when its own does, they do not.
//!
//! A set of futures that polls only those of its children that were woken (`FuturesUnordered`, `buffer_unordered`) loses a
//! child that has yielded (`yield_now`) if the set is polled in place on a driver, or if it goes on elsewhere while the worker
//! that polled it is blocked. [`batch`](fn@crate::batch) loses none.
//!
//! Home's tasks run on the thread of a caller, one at a time. One that blocks without a blocking call of this crate (a `std`
//! lock that the caller holds across its call, `LazyLock`, a channel, a joined thread) holds up home for as long, and for ever
//! if that waits for a call in home. `flavor = "multi_thread"` has several workers for them, and [`spawn`](fn@crate::spawn) too.
