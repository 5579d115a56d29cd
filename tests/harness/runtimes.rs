//! The users' runtimes that calls are made in.

use std::any::Any;
use std::sync::{Mutex, PoisonError};
use tokio::runtime::{Builder, LocalOptions, LocalRuntime, Runtime};

/// A multi-thread runtime with two workers.
///
/// # Panics
///
/// When it cannot be started, as the others do.
#[must_use]
pub fn multi_thread() -> Runtime {
    workers(2)
}

/// A multi-thread runtime that a twin blocks altogether, unless it hands the worker's tasks on.
#[must_use]
pub fn one_worker() -> Runtime {
    workers(1)
}

/// A multi-thread runtime.
#[must_use]
pub fn workers(n: usize) -> Runtime {
    built(Builder::new_multi_thread().worker_threads(n))
}

/// A current-thread runtime.
#[must_use]
pub fn current_thread() -> Runtime {
    built(&mut Builder::new_current_thread())
}

fn built(builder: &mut Builder) -> Runtime {
    builder.enable_all().build().expect("a runtime")
}

/// A [`LocalRuntime`].
#[must_use]
pub fn local() -> LocalRuntime {
    Builder::new_current_thread()
        .enable_all()
        .build_local(LocalOptions::default())
        .expect("a runtime")
}

/// Keeps what must not be dropped in async code, as a runtime.
///
/// It stays in the reach of a static, so that a search for leaks finds no other ones.
#[must_use]
pub fn kept<T: Send + Sync + 'static>(value: T) -> &'static T {
    static KEPT: Mutex<Vec<&'static (dyn Any + Send + Sync)>> = Mutex::new(Vec::new());
    let value: &'static T = Box::leak(Box::new(value));
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    kept.push(value);
    value
}
