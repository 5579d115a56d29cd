//! What sync-twin does to your process: its threads, descriptors, signals and memory, and how it goes.
//!
//! # At rest
//!
//! Nothing is started before the first call that has to wait. A future that is ready at once needs a runtime as well, but
//! starts no more than that. This is what a process has after its first use, on two cores:
//!
//! | after the first use | threads | descriptors | memory |
//! |---|---|---|---|
//! | a call on a plain thread | starter, home | 4 | 630 KiB |
//! | a call inside or beside a multi-thread runtime | starter, 8 crew | 4 | 670 KiB |
//! | a call on a driver, isolated | starter, home, isolated | 4 | 610 KiB |
//! | `spawn` | starter, 2 background | 4 | 540 KiB |
//! | `to_thread`, on a plain thread | starter, home, 3 background | 8 | 600 KiB |
//! | `start()` | starter, home, 8 crew | 8 | 690 KiB |
//!
//! While calls wait, one more thread looks after them (`sync-twin-watch`), and for a report another one writes it
//! (`sync-twin-report`). Both end by themselves some seconds after there is nothing left for them to do, and the watcher sleeps
//! until a call has waited for long.
//!
//! Memory is what only this process has, code and data that were touched for the first time included. The descriptors of a
//! runtime are those of tokio: three, and one more if tokio's feature `signal` is on. With that feature tokio also keeps a
//! pair of sockets for the whole process. With `flavor = "per_thread"` there is a runtime for each plain thread, and
//! for each that drives a current-thread runtime, that makes calls at a time: up to 160, and no more than a quarter of the
//! descriptors allows that the process may have.
//!
//! Names begin with `sync-twin-`; Linux shows the first 15 bytes. All of this, and what is below about signals, is how it is
//! without a configuration: see [`Builder`](crate::Builder).
//!
//! | thread | how many | how long | stack |
//! |---|---|---|---|
//! | `sync-twin-starter` | 1 | from the first use to the end | 2 MiB |
//! | `sync-twin-home` | 1 for each home | from the first use to the end | 2 MiB |
//! | `sync-twin-home`, with `flavor = "per_thread"` | 1 for each runtime of a thread that makes no call now, up to 160 | 10 s after its last use | 2 MiB |
//! | `sync-twin-steward` | 1 | from the first use of that flavor to the end | 2 MiB |
//! | `sync-twin-blocking`: `spawn_blocking` in home | up to 4,096 | 10 s after its last use | 2 MiB |
//! | `sync-twin-crew`: workers | as many as cores, at least 8 | from the first use to the end | 2 MiB |
//! | `sync-twin-crew`: `spawn_blocking` in the crew | up to 4,096 | 1 s after its last use | 2 MiB |
//! | `sync-twin-isolated` | one for each isolated call at a time | 10 s after its last use | 8 MiB |
//! | `sync-twin-background`: workers | as many as cores, at least 2 | from the first use to the end | 2 MiB |
//! | `sync-twin-background`: `to_thread` | up to 4,096 | 10 s after its last use | 2 MiB |
//! | `sync-twin-fiber`: `to_fiber` | as many as cores, at least 2 | from the first use to the end | 2 MiB, and 1 MiB for each fiber |
//! | `sync-twin-worker`: goes on for a worker of yours | up to 4,096 | 10 s after its last use | 2 MiB |
//! | `sync-twin-watch` | 1 | while calls wait, and some seconds longer | 2 MiB |
//! | `sync-twin-report` | 1 | for a report, and some seconds longer | 2 MiB |
//! | `sync-twin-shutdown` | 1 | while something ends | 2 MiB |
//!
//! A stack is address space. It takes up memory only as far as it has been used.
//!
//! Against other ways to block on the same HTTP client (reqwest 0.13), in a release build on two cores. "Under load" is 8
//! threads that share one client:
//!
//! | | threads | descriptors, with one connection | under load | memory | threads that take your signals |
//! |---|---|---|---|---|---|
//! | a twin, on plain threads | 2 | 4 | 2 threads, 14 descriptors | 0.8–1.3 MiB | 0 |
//! | `reqwest::blocking` | 1 for each client | 4 for each client | 1 thread, 13 descriptors | 0.8–0.9 MiB | 1 for each client |
//! | a multi-thread runtime of your own | 1 for each core | 4 | 2 threads, 14 descriptors | 0.9 MiB | 1 for each core |
//! | a current-thread runtime of your own | 0 | 4 | one caller at a time | 0.5 MiB | 0 |
//!
//! # Idle means idle
//!
//! A call that waits does not wake up until what it waits for is there. One that parks for the crew, or for a task of
//! [`spawn`](crate::spawn()), wakes a worker after 10 ms, and then after pauses that double, up to a minute: tokio may have
//! left its sockets to a worker that is busy. Between calls nobody wakes.
//!
//! # What threads inherit
//!
//! A thread inherits much from the one that starts it. So all threads of sync-twin's own come from one, the *starter*, and
//! have nothing of any caller:
//!
//! | | after [`start()`](crate::start()) | without |
//! |---|---|---|
//! | signal mask | all signals are blocked | the same |
//! | CPU affinity (Linux) | that of the main thread | the same |
//! | scheduling policy, niceness, network namespace (Linux) | those of the thread that called `start()` | those of the main thread, as far as the process may set them |
//! | filesystem ids (Linux) | the effective ids of the process | the same |
//!
//! So call `start()` first, and on a thread that is as all threads should be. Without privileges a process cannot lower a
//! niceness, nor enter a network namespace: if the first caller is a thread that has changed its own, and nobody has called
//! `start()`, the threads keep that.
//!
//! The threads of a blocking pool are started by tokio, on the thread that needs one. Such a thread is made like the starter
//! before it runs anything. Until then, for some microseconds, it has the signal mask of the caller; and what the process may
//! not set stays as it was inherited. Nothing is done about other traits that a thread can have for itself on Linux:
//! capabilities and user ids set by bare system calls, I/O priorities, memory policies, other namespaces. After an early
//! `start()` only the threads of blocking pools can have those of a caller.
//!
//! `sync-twin-worker` is an exception. It goes on with the tasks of a worker of yours, and takes after that.
//!
//! # Signals
//!
//! Threads of sync-twin's own take no signal. No handler of the program runs there, and `sigwait` works in `main`, also when
//! the first call came before the mask was set. Those signals stay unblocked by which a thread reports a fault of its own
//! (`SIGSEGV`, `SIGBUS`, `SIGILL`, `SIGFPE`, `SIGTRAP`, `SIGSYS`): without them, a stack overflow would end the process in
//! silence. Two consequences:
//!
//! - A profiler that samples by a signal (`SIGPROF`) does not see these threads. One that samples from outside does.
//! - A *program* that is started on such a thread (in an isolated call, in [`to_thread`](crate::to_thread()), in a
//!   task) inherits the mask, and does not see `SIGTERM` or `SIGALRM` unless it unblocks them itself, since
//!   [`Command`](std::process::Command) leaves the mask as it is. Start it elsewhere, or unblock signals in `pre_exec`:
//!
//! ```
//! # #[cfg(unix)] {
//! use std::os::unix::process::CommandExt as _;
//! use std::process::Command;
//!
//! let mut command = Command::new("true");
//! // SAFETY: both fns may be called between `fork` and `exec`.
//! unsafe {
//!     command.pre_exec(|| {
//!         let mut none = std::mem::MaybeUninit::uninit();
//!         libc::sigemptyset(none.as_mut_ptr());
//!         libc::pthread_sigmask(libc::SIG_SETMASK, none.as_ptr(), std::ptr::null_mut());
//!         Ok(())
//!     });
//! }
//! # assert!(command.status().unwrap().success());
//! # }
//! ```
//!
//! # Small stacks
//!
//! A call needs little of its caller's stack beyond what its future does there. In KiB, on x86-64, measured by what it wrote to:
//!
//! | | release | debug |
//! |---|---|---|
//! | a future that is ready at once | 1 | 5 |
//! | one that waits, on a plain thread: in home or in the crew | 2 | 6 |
//! | the first call of the process | 4 | 7 |
//! | on an isolation thread | 2 | 3 |
//! | in `block_on` of a multi-thread runtime (that itself: 1, 3) | 2 | 7 |
//! | in `block_on` of a current-thread runtime (that itself: 2, 6), isolated | 3 | 7 |
//! | the same, in place | 4 | 9 |
//! | an HTTP request (reqwest), in home or in the crew | 19 | 93 |
//! | the same, isolated | 2 | 4 |
//!
//! So threads of 64 KiB can make every kind of call in a release build, and threads of 128 KiB in a debug build, also with an HTTP
//! client. A thread that drives home runs the tasks that others have left there, on its own stack. If these need more than it
//! has, choose where there is room: `isolation = "always"` runs the call on 8 MiB, and with `flavor = "multi_thread"` tasks run
//! on the crew's threads. A future of more than 16 KiB (2 KiB in a debug build) is boxed.
//!
//! # Locks that the caller holds
//!
//! Some locks can be taken again by the thread that has them, and by no other: that of standard output and error, which
//! `println!("{}", remote)` holds while `Display` runs; those of loggers such as fern; `reentrant_mutex`; and the one that a
//! panic hook holds while `panic!` and `assert_eq!` format their arguments. If a `Display` calls a twin on a thread that drives a
//! current-thread runtime, the call is isolated: it runs on another thread, and an async fn that prints or logs waits for
//! the caller, for ever. No time limit ends that, since the thread is blocked in the lock and not in the call. So give the
//! twins that `Display`, `Debug`, `Error` and their like call `isolation = "never"`, which keeps them on their thread.
//!
//! # Green threads
//!
//! Greenlets and the coroutines of a scripting host have several stacks on one OS thread. They may switch between calls, and
//! between the items of an iterator: a runtime is entered only while a future is polled. In the middle of a poll (the async fn
//! calls back into a script, which switches) a switch works if the calls end last in, first out. If they do not, the
//! call that is in error panics with "a green thread was switched in the middle of a poll", and the thread goes on. While a call
//! waits, its OS thread is blocked, so no other green thread runs.
//!
//! # When a process ends
//!
//! When `main` returns, and at `process::exit`, `abort`, a panic in `main` or a signal, a process ends at once, whatever
//! calls are blocked, isolated, in `to_thread` or in tasks: nobody waits for a thread of sync-twin's own. Tasks are not run
//! to their end either. For that there is `shutdown`.
//!
//! # When sync-twin goes
//!
//! [`shutdown`](crate::shutdown()) ends all threads and closes all descriptors of a process that goes on, such as the host of
//! a plugin:
//!
//! ```no_run
//! use std::time::Duration;
//!
//! /// The last fn of a plugin that its host calls before it unloads the library.
//! #[unsafe(no_mangle)]
//! extern "C" fn plugin_end() -> bool {
//!     let leftovers = sync_twin::shutdown(Duration::from_secs(2));
//!     leftovers.is_empty()
//! }
//! ```
//!
//! Unload only if nothing is left. What stays even so: thread-locals of the threads that have called, until these end (the C
//! library keeps the code loaded as long); and for each time that the code is loaded, 3 KiB of memory that its statics have
//! held, and with tokio's feature `signal` its pair of sockets.
//!
//! A runtime of *yours* is freed as if no twin had been called in it.
