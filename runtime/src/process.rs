//! Everything that sync-twin keeps for the whole process. A child of a fork has its own.

use crate::dispatch::shutdown::Sentinels;
use crate::fork;
use crate::isolation::Pool;
use crate::report::Reports;
use crate::runtimes::crew::Crew;
use crate::runtimes::home::Home;
use crate::start_once::StartOnce;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use tokio::runtime::Runtime;

/// The state that all calls share. It is never dropped: dropping a runtime in an async context panics, and in a child of a
/// fork it would take the parent's sockets with it.
pub(crate) struct Process {
    pub(crate) home: StartOnce<Arc<Home>>,
    pub(crate) crew: StartOnce<Crew>,
    /// For [`spawn`](crate::spawn) and [`to_thread`](crate::to_thread()).
    pub(crate) background: StartOnce<Runtime>,
    /// Threads for workers of others: see `block_in_place`.
    pub(crate) replacement: StartOnce<Runtime>,
    pub(crate) isolation: Pool,
    /// How many calls have handed their worker over and wait.
    pub(crate) handed_over: AtomicUsize,
    pub(crate) sentinels: Sentinels,
    pub(crate) reports: Reports,
}

impl Process {
    const fn new() -> Self {
        Process {
            home: StartOnce::new(),
            crew: StartOnce::new(),
            background: StartOnce::new(),
            replacement: StartOnce::new(),
            isolation: Pool::new(),
            handed_over: AtomicUsize::new(0),
            sentinels: Sentinels::new(),
            reports: Reports::new(),
        }
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
    panic!("blocking calls can be made in processes that are less than {DEPTH} forks deep")
}
