//! The runtime of what goes on while no call waits for it: tasks of [`spawn`](crate::spawn), closures of
//! [`to_thread`](crate::to_thread()).
//!
//! It is apart from the crew since tasks may block plainly. Eight that do would hold up every parked caller there.
//! A task that makes a blocking call instead hands its worker over and waits, as deep as tasks nest.

use crate::runtimes::crew::{MAX_BLOCKING_THREADS, cores};
use std::io;
use tokio::runtime::{Builder, Runtime};

pub(crate) fn start() -> io::Result<Runtime> {
    Builder::new_multi_thread()
        // At least two, so that one task that computes does not hold up all others.
        .worker_threads(cores().max(2))
        .max_blocking_threads(MAX_BLOCKING_THREADS)
        .thread_name("sync-twin-background")
        .enable_all()
        .build()
}
