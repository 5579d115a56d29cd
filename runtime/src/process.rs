//! Everything that sync-twin keeps for the whole process, behind one pointer.

use crate::home::Home;
use crate::isolation::Pool;
use crate::start_once::StartOnce;
use tokio::runtime::Runtime;

/// The state that all calls share. It is never dropped: dropping a runtime in an async context panics.
pub(crate) struct Process {
    pub(crate) home: StartOnce<Home>,
    pub(crate) multi_thread: StartOnce<Runtime>,
    pub(crate) isolation: Pool,
}

static PROCESS: Process = Process {
    home: StartOnce::new(),
    multi_thread: StartOnce::new(),
    isolation: Pool::new(),
};

pub(crate) fn process() -> &'static Process {
    &PROCESS
}
