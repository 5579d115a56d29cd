//! The tests of this suite share home: while a task there is inside a call, calls beside it live with the crew. So those that
//! ask where such a task runs have home to themselves.

use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use sync_twin_tests::harness::deadline;

static HOME: RwLock<()> = RwLock::new(());

/// No test of this suite has a task at home until this is dropped, except the one that asks.
pub(crate) fn alone() -> RwLockWriteGuard<'static, ()> {
    HOME.write().unwrap_or_else(PoisonError::into_inner)
}

fn shared() -> RwLockReadGuard<'static, ()> {
    HOME.read().unwrap_or_else(PoisonError::into_inner)
}

/// Runs code that may have tasks at home, as [`deadline::within_deadline`] does.
pub(crate) fn within_deadline<T: Send + 'static>(
    name: &str,
    code: impl FnOnce() -> T + Send + 'static,
) -> T {
    let _shared = shared();
    deadline::within_deadline(name, code)
}
