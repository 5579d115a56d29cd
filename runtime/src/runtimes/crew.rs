//! The shared multi-thread runtime for calls whose thread is inside or beside some other runtime.
//!
//! Such a call is polled on its own thread, in the crew's context, and the thread parks while it waits. The crew's
//! workers drive its sockets and timers, and run what it spawns. So the caller's runtime may be blocked, exhausted, busy
//! or gone. A caller never runs another caller's task, which would see the caller's task-locals, thread-locals and spans,
//! and run on the rest of its stack.
//!
//! Tasks of [`spawn`](crate::spawn) and closures of [`to_thread`](crate::to_thread()) may block plainly. They do not run
//! here: see [`background`](crate::runtimes::background).

use crate::fork;
use crate::own_thread::end_if_child;
use std::io;
use std::num::NonZero;
use std::thread;
use tokio::runtime::{Builder, Handle, Runtime};

/// The most threads in a blocking pool of ours. Further closures wait for one. Far more than tokio's 512, which nested
/// calls exhaust, and far fewer than exhaust a machine.
pub(crate) const MAX_BLOCKING_THREADS: usize = 4096;

/// So many, even on few cores: some tasks that block their worker must not hold up every caller.
const MIN_WORKERS: usize = 8;

pub(crate) struct Crew {
    runtime: Runtime,
}

impl Crew {
    pub(crate) fn start() -> io::Result<Self> {
        let depth = fork::depth();
        let runtime = Builder::new_multi_thread()
            .worker_threads(cores().max(MIN_WORKERS))
            .max_blocking_threads(MAX_BLOCKING_THREADS)
            .thread_name("sync-twin-crew")
            .on_thread_park(move || end_if_child(depth))
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
