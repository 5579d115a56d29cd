//! What happens when a runtime is shut down, a waker panics, a clock is paused, or the process forks.
//!
//! A call depends on little: on its own future, and on the runtime of sync-twin's that it lives on. This chapter is about the
//! cases in which one of these ends.
//!
//! # Runtimes, wakers, clocks
//!
//! **A runtime that is shut down** cancels its tasks at their next `.await`. A task inside a blocking call does not reach one,
//! so the call ends with the task. It has a second of *grace* in which it may still complete. After that it unwinds: the
//! destructors of the task run, and the panic hook does not. This holds for a call that has lasted 100 ms, and for calls in
//! a row that have. [`Builder::grace`](crate::Builder::grace) and `SYNC_TWIN_GRACE` set the grace. With `off`, and in builds with
//! `panic = "abort"`, such a call goes on and is reported. A call in a blocking closure goes on as well, since tokio lets
//! the closure run to its end.
//!
//! **A waker that panics** in home's driver destroys that driver. Calls that wait on home end with a panic that says so, and
//! the next call starts another home. A waker that panics in a worker of the crew ends that worker, and in a debug build of
//! tokio the process, by a guard of tokio's own. In a release build the crew is then replaced as home is, up to 15 times:
//! about a second later, new calls use another crew. Calls that wait on the old one end with a panic the next time they
//! look, which is after as long as they have waited by then, and after a minute at most. A crew that is only busy stays.
//!
//! **A call that pauses its clock** (`tokio::time::pause`, with tokio's feature `test-util`) keeps home to itself and to the
//! calls that are in it already: when it ends, new calls have another home, whose clock is not paused. (A release build looks
//! at the clock only at the end of a call that has waited.) Up to 64 homes are replaced for their clocks; each keeps its thread and its descriptors.
//!
//! # Forks
//!
//! A child of `fork` (unix) has its parent's memory, its open files, and one thread. It may make blocking calls, and so may
//! its own children, 63 forks deep: it leaves its parent's state alone, whoever had that locked, and starts runtimes of its
//! own with its next call. It never drops the parent's runtimes; that memory is the cost of a fork.
//! [`Command`](std::process::Command) is not affected: its child runs no code of this crate before it executes another program.
//!
//! | in the child | what happens |
//! |---|---|
//! | a call that begins there, unless the fork was in an isolated call | works |
//! | the thread that forked comes back to the call in whose middle it forked | the call panics the next time it has to wait, and drops its future |
//! | the same, in a task or on a thread of sync-twin's own (a [`spawn`](fn@crate::spawn), a [`to_thread`](fn@crate::to_thread), an isolated call) | the process aborts, and says so: end the child, or `exec`, in the code that forks |
//! | any call inside an isolated call that was forked | panics: its arguments may lie on the stack of a thread that does not exist here, and the next new thread may get that stack |
//! | a call waits for something inherited: a pooled connection, a [`Task`](crate::Task), an iterator or blocking type with a task behind it, `runtime = expr` with the parent's runtime | it waits, and is reported after five seconds |
//! | an inherited socket, or a future that holds one, is dropped | the parent's socket becomes silent, in plain tokio too, since both share the epoll instance |
//! | the child goes on in a task or a `block_on` of an inherited runtime | it takes events from the parent, in plain tokio too: end the child in the code that forks |
//!
//! Nothing changes in the parent as long as the child keeps to this.
//!
//! Some limits remain. With tokio's feature `parking_lot` a child can crash, since `parking_lot` keeps a table of all parked
//! threads of the process. `vfork` and a bare `clone` go unnoticed: their child must make no calls. A future that goes on in
//! the child until it has to wait, or is dropped there, may wait for ever for a lock that a thread of the parent held, such as
//! the one of tokio's timers: fork outside calls. And Rust's standard library takes a lock whenever a thread starts or ends. If
//! a thread of the parent has it at the moment of the fork, the child can start no thread, and its first call waits for ever:
//! fork while no threads come and go.
