//! Everything that sync-twin keeps for the whole process, behind one pointer.

use crate::crew::Crew;
use crate::ending::Sentinels;
use crate::home::Home;
use crate::isolation::Pool;
use crate::report::Reports;
use crate::start_once::StartOnce;
use std::sync::Arc;
use tokio::runtime::Runtime;

/// The state that all calls share. It is never dropped: dropping a runtime in an async context panics.
pub(crate) struct Process {
    pub(crate) home: StartOnce<Arc<Home>>,
    pub(crate) crew: StartOnce<Crew>,
    /// For [`spawn`](crate::spawn) and [`to_thread`](crate::to_thread()).
    pub(crate) background: StartOnce<Runtime>,
    /// Threads for workers of others: see `worker`.
    pub(crate) stand_in: StartOnce<Runtime>,
    pub(crate) isolation: Pool,
    pub(crate) sentinels: Sentinels,
    pub(crate) reports: Reports,
}

static PROCESS: Process = Process {
    home: StartOnce::new(),
    crew: StartOnce::new(),
    background: StartOnce::new(),
    stand_in: StartOnce::new(),
    isolation: Pool::new(),
    sentinels: Sentinels::new(),
    reports: Reports::new(),
};

#[inline]
pub(crate) fn process() -> &'static Process {
    &PROCESS
}
