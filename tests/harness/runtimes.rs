//! The users' runtimes that calls are made in.

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
