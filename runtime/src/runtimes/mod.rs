//! sync-twin's own runtimes, and how a thread leaves a runtime of the user's.

pub(crate) mod background;
pub(crate) mod block_in_place;
pub(crate) mod crew;
pub(crate) mod home;

use std::io;
use std::sync::{Mutex, PoisonError};
use std::thread;

/// Fails if `workers` threads cannot be started now.
///
/// When tokio's builder can start some workers and not all, it waits for those that it has started, for ever.
fn check_threads(workers: usize) -> io::Result<()> {
    let gate = Mutex::new(());
    let pass = || drop(gate.lock().unwrap_or_else(PoisonError::into_inner));
    thread::scope(|scope| {
        // None ends before the last one has been started.
        let _closed = gate.lock().unwrap_or_else(PoisonError::into_inner);
        for _ in 0..workers {
            thread::Builder::new().spawn_scoped(scope, pass)?;
        }
        Ok(())
    })
}
