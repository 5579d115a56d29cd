//! The shared runtime of `flavor = "multi_thread"`, and of what no call drives: tasks of [`spawn`](crate::spawn),
//! closures of [`to_thread`](crate::to_thread()), and timers of threads that only wait.
//!
//! The home runtime runs all tasks that calls spawn on one thread, the one that drives. A task that computes for
//! long, or blocks, holds up all others there. This one has workers of its own, at the price of two thread
//! switches for every wait. A task here that makes a blocking call hands its worker over and waits, as deep as
//! tasks nest: one that spawns another and joins it would wait for ever on the home runtime.

use crate::process::process;
use crate::start_once::or_panic;
use std::io;
use std::thread;
use tokio::runtime::{Builder, Handle, Runtime};

/// The handle of the shared multi-thread runtime, which this starts if need be.
///
/// # Panics
///
/// When it cannot be started, naming the call site.
#[track_caller]
#[must_use]
pub fn multi_thread() -> Handle {
    or_panic(process().multi_thread.get_or_start(start))
        .handle()
        .clone()
}

fn start() -> io::Result<Runtime> {
    Builder::new_multi_thread()
        .worker_threads(workers())
        .thread_name("sync-twin-worker")
        .enable_all()
        .build()
}

/// At least two, so that one task that computes does not hold up all others.
fn workers() -> usize {
    thread::available_parallelism().map_or(2, |cores| cores.get().max(2))
}
