//! Everything that sync-twin keeps for the whole process, behind one pointer.

use crate::home::Home;
use crate::isolation::Pool;

/// The state that all calls share. It is never dropped: dropping a runtime in an async context panics.
pub(crate) struct Process {
    pub(crate) home: Home,
    pub(crate) isolation: Pool,
}

static PROCESS: Process = Process {
    home: Home::new(),
    isolation: Pool::new(),
};

pub(crate) fn process() -> &'static Process {
    &PROCESS
}
