//! Places that a twin is called from, one of each kind. `tests/contexts` has all of them, and
//! `sync_twin::testing` those that it offers to users.

use crate::harness::runtimes::{current_thread, local, workers};
use std::panic::resume_unwind;
use tokio::task::{JoinHandle, LocalSet, spawn, spawn_blocking, spawn_local};

/// A place to call from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A plain thread.
    Plain,
    /// The root of a multi-thread runtime.
    Root,
    /// A task of a multi-thread runtime that has one worker.
    OneWorker,
    /// `spawn_blocking` in a multi-thread runtime.
    BlockingThread,
    /// The `enter()` guard of a multi-thread runtime.
    Guard,
    /// The `enter()` guard of a current-thread runtime that nobody drives. Not one of [`PLACES`].
    UndrivenGuard,
    /// The root of a current-thread runtime.
    Driver,
    /// A task of a current-thread runtime.
    DriverTask,
    /// A task of a `LocalSet` in a current-thread runtime.
    LocalTask,
    /// A local task of a `LocalRuntime`.
    LocalRuntime,
    /// `spawn_blocking` in a current-thread runtime.
    BlockingThreadBesideDriver,
}

/// One of each kind that a user's runtime at work makes.
pub const PLACES: [Place; 10] = [
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
    ///
    /// # Panics
    ///
    /// As `code` does.
    pub fn run<R: Send + 'static>(self, code: impl FnOnce() -> R + Send + 'static) -> R {
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
            Place::UndrivenGuard => {
                let runtime = current_thread();
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
    #[must_use]
    pub fn drives(self) -> bool {
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
