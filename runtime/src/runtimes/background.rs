//! The runtime for work in the background: tasks of [`spawn`](crate::spawn), and closures of
//! [`to_thread`](crate::to_thread()).
//!
//! It is separate from the crew because tasks may block plainly. In the crew, eight such tasks would hold up every parked
//! caller. A task that makes a blocking call hands its core off before it waits, however deep such tasks nest.

use crate::fork;
use crate::own_thread::end_if_child;
use crate::runtimes::check_threads;
use crate::runtimes::crew::{MAX_BLOCKING_THREADS, cores};
use std::io;
use tokio::runtime::{Builder, Runtime};

pub(crate) fn start() -> io::Result<Runtime> {
    let depth = fork::depth();
    // At least two, so that one task that computes does not hold up all the others.
    let workers = cores().max(2);
    check_threads(workers)?;
    Builder::new_multi_thread()
        .worker_threads(workers)
        .max_blocking_threads(MAX_BLOCKING_THREADS)
        .thread_name("sync-twin-background")
        .on_thread_park(move || end_if_child(depth))
        .enable_all()
        .build()
}
