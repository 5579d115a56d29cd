//! The shared multi-thread runtime that works for calls whose thread is inside, or beside, some runtime.
//!
//! Such a call is polled on its own thread, in the crew's context, and the thread parks while it waits: the crew's
//! workers drive its sockets and timers and run what it spawns. So it makes no difference to it whether the caller's
//! runtime is blocked, exhausted, busy or gone. No caller ever runs a stranger's task: it would be polled among the
//! caller's task-locals, thread-locals and spans, on what is left of its stack.
//!
//! What blocks without a call (a task of [`spawn`](crate::spawn), a closure of [`to_thread`](crate::to_thread())) is
//! not the crew's: see [`background`](crate::runtimes::background).

use std::io;
use std::num::NonZero;
use std::thread;
use tokio::runtime::{Builder, Handle, Runtime};

/// How many threads a blocking pool of ours has at most; what comes then waits for one. Far beyond tokio's 512, which
/// nested calls exhaust, and far below what exhausts a machine.
pub(crate) const MAX_BLOCKING_THREADS: usize = 4096;

/// At least so many, so that some tasks of users that block their worker do not hold up every caller.
const MIN_WORKERS: usize = 8;

pub(crate) struct Crew {
    runtime: Runtime,
}

impl Crew {
    pub(crate) fn start() -> io::Result<Self> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(cores().max(MIN_WORKERS))
            .max_blocking_threads(MAX_BLOCKING_THREADS)
            .thread_name("sync-twin-crew")
            .enable_all()
            .build()?;
        Ok(Crew { runtime })
    }

    #[inline]
    pub(crate) fn handle(&self) -> &Handle {
        self.runtime.handle()
    }
}

pub(crate) fn cores() -> usize {
    thread::available_parallelism().map_or(1, NonZero::get)
}
