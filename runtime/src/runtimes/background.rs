//! The runtime for work in the background: tasks of [`spawn`](crate::spawn), and closures of
//! [`to_thread`](crate::to_thread()).
//!
//! It is separate from the crew because tasks may block plainly. In the crew, eight such tasks would hold up every parked
//! caller. A task that makes a blocking call hands its core off before it waits, however deep such tasks nest.

use crate::fork;
use crate::own_thread::end_if_child;
use crate::runtimes::crew::cores;
use crate::runtimes::{Headcount, Remains, check_threads, configure, end};
use crate::settings::ThreadKind;
use crate::start_once::StartOnce;
use crate::starter::Starter;
use std::io;
use std::sync::Arc;
use std::time::Instant;
use tokio::runtime::{Builder, Handle, Runtime};

/// Starts with its first use.
pub(crate) struct Background(StartOnce<Started>);

struct Started {
    runtime: Runtime,
    headcount: Headcount,
}

impl Background {
    pub(crate) const fn new() -> Self {
        Background(StartOnce::new())
    }

    pub(crate) fn get(&self) -> Option<&Handle> {
        self.0.get().map(|started| started.runtime.handle())
    }

    pub(crate) fn get_or_start(&self, starter: &Arc<Starter>) -> io::Result<&Handle> {
        let to_hand_on = Arc::clone(starter);
        let started = self.0.get_or_start(starter, move || start(&to_hand_on));
        started.map(|started| started.runtime.handle())
    }

    /// Ends it. No call may use it any more.
    pub(crate) fn end(self, deadline: Instant) -> Remains {
        match self.0.into_inner() {
            Some(started) => end(started.runtime, &started.headcount, deadline),
            None => Remains::default(),
        }
    }
}

fn start(starter: &Arc<Starter>) -> io::Result<Started> {
    let depth = fork::depth();
    // At least two, so that one task that computes does not hold up all the others.
    let set = starter.settings().background_threads;
    let workers = set.unwrap_or_else(|| cores().max(2));
    check_threads(workers)?;
    let headcount = Headcount::default();
    let mut builder = Builder::new_multi_thread();
    configure(
        &mut builder,
        ThreadKind::Background,
        starter,
        &headcount,
        || {},
    );
    let runtime = builder
        .worker_threads(workers)
        .on_thread_park(move || end_if_child(depth))
        .build()?;
    Ok(Started { runtime, headcount })
}
