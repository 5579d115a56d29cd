//! Threads that have nothing to do with sync-twin.

use pyo3::{Python, pyfunction};
use std::thread;

/// Starts threads that take Python's lock again and again, until the process ends.
#[pyfunction]
pub(crate) fn take_the_lock_in_threads(count: usize) {
    for _ in 0..count {
        thread::spawn(|| while Python::try_attach(|_| ()).is_some() {});
    }
}
