//! The places that a situation is tried in. `tests/contexts` has all of them; these are one of each kind.

use std::panic::resume_unwind;
use sync_twin_tests::harness::runtimes::{current_thread, local, workers};
use tokio::task::{JoinHandle, LocalSet, spawn, spawn_blocking, spawn_local};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Plain,
    /// Of a multi-thread runtime, as are the three below.
    Root,
    OneWorker,
    BlockingThread,
    Guard,
    /// Of a current-thread runtime, as are all below.
    Driver,
    DriverTask,
    LocalTask,
    LocalRuntime,
    BlockingThreadBesideDriver,
}

pub(crate) const PLACES: [Place; 10] = [
    Place::Plain,
    Place::Root,
    Place::OneWorker,
    Place::BlockingThread,
    Place::Guard,
    Place::Driver,
    Place::DriverTask,
    Place::LocalTask,
    Place::LocalRuntime,
    Place::BlockingThreadBesideDriver,
];

impl Place {
    /// Runs `code` in this place, made anew, and returns or panics as it does.
    ///
    /// Not inside a runtime: most places are made with tokio's `block_on`.
    pub(crate) fn run<R: Send + 'static>(self, code: impl FnOnce() -> R + Send + 'static) -> R {
        match self {
            Place::Plain => code(),
            Place::Root => workers(2).block_on(async { code() }),
            Place::OneWorker => {
                workers(1).block_on(async { outcome(spawn(async { code() })).await })
            }
            Place::BlockingThread => {
                workers(2).block_on(async { outcome(spawn_blocking(code)).await })
            }
            Place::Guard => {
                let runtime = workers(2);
                let _context = runtime.enter();
                code()
            }
            Place::Driver => current_thread().block_on(async { code() }),
            Place::DriverTask => {
                current_thread().block_on(async { outcome(spawn(async { code() })).await })
            }
            Place::LocalTask => LocalSet::new().block_on(&current_thread(), async {
                outcome(spawn_local(async { code() })).await
            }),
            Place::LocalRuntime => {
                local().block_on(async { outcome(spawn_local(async { code() })).await })
            }
            Place::BlockingThreadBesideDriver => {
                current_thread().block_on(async { outcome(spawn_blocking(code)).await })
            }
        }
    }

    /// Whether the calling thread drives a current-thread runtime.
    pub(crate) fn drives(self) -> bool {
        matches!(
            self,
            Place::Driver | Place::DriverTask | Place::LocalTask | Place::LocalRuntime
        )
    }
}

async fn outcome<R>(task: JoinHandle<R>) -> R {
    task.await
        .unwrap_or_else(|error| resume_unwind(error.into_panic()))
}
