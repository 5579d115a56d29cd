//! Everything that sync-twin keeps for the whole process. A child of a fork has its own.
//!
//! This file is above the parts that it holds: they are handed what they need, and never ask for the process. Only the
//! layers above this one do.

use crate::fork;
use crate::isolation::Pool;
use crate::report::Reports;
use crate::runtimes::background;
use crate::runtimes::block_in_place::ReplacementThreads;
use crate::runtimes::crew::{Crew, Crews};
use crate::runtimes::home::{Home, Homes};
use crate::shutdown::Sentinels;
use crate::start_once::{StartOnce, or_panic};
use std::io;
use tokio::runtime::{Handle, Id, Runtime};

/// The state that all calls share. It is never dropped: dropping a runtime in an async context panics, and in a child of a
/// fork it would take the parent's sockets with it.
pub(crate) struct Process {
    homes: Homes,
    crews: Crews,
    /// For [`spawn`](crate::spawn) and [`to_thread`](crate::to_thread()).
    background: StartOnce<Runtime>,
    pub(crate) replacements: ReplacementThreads,
    pub(crate) isolation: Pool,
    pub(crate) sentinels: Sentinels,
    pub(crate) reports: Reports,
}

impl Process {
    const fn new() -> Self {
        Process {
            homes: Homes::new(),
            crews: Crews::new(),
            background: StartOnce::new(),
            replacements: ReplacementThreads::new(),
            isolation: Pool::new(),
            sentinels: Sentinels::new(),
            reports: Reports::new(),
        }
    }

    /// Home, which this starts if need be.
    #[inline]
    pub(crate) fn home(&self) -> io::Result<&Home> {
        self.homes.get_or_start()
    }

    /// The home whose runtime has this id, be it the present one or one before.
    pub(crate) fn home_by_id(&self, id: Id) -> Option<&Home> {
        self.homes.find(id)
    }

    /// The crew, which this starts if need be.
    #[inline]
    pub(crate) fn crew(&self) -> io::Result<&Crew> {
        self.crews.get_or_start()
    }

    /// The runtime for work in the background, which this starts if need be.
    ///
    /// # Panics
    ///
    /// When it cannot be started, naming the call site.
    #[track_caller]
    pub(crate) fn background(&self) -> &Handle {
        or_panic(self.background.get_or_start(background::start)).handle()
    }

    /// Wakes a worker of each runtime of ours that has workers, from outside.
    pub(crate) fn wake_idle_workers(&self) {
        self.crews.wake_idle_worker();
        if let Some(background) = self.background.get() {
            drop(background.spawn(async {}));
        }
    }

    /// Whether the runtime with this id is ours, and its timers are at work.
    pub(crate) fn drives_timers_of(&self, id: Id) -> bool {
        self.homes.is_driven(id) || self.crews.is_at_work(id)
    }
}

/// How many forks deep a process can be.
const DEPTH: usize = 64;

/// One for each fork that this process descends from.
static PROCESSES: [Process; DEPTH] = [const { Process::new() }; DEPTH];

#[inline]
pub(crate) fn process() -> &'static Process {
    match PROCESSES.get(fork::depth()) {
        Some(process) => process,
        None => too_deep(),
    }
}

#[cold]
fn too_deep() -> ! {
    panic!("blocking calls work only in processes that are fewer than {DEPTH} forks deep")
}
