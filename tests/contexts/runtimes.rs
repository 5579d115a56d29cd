//! The tokio runtimes that the contexts are made of.

use tokio::runtime::{Builder, LocalOptions, LocalRuntime, Runtime};

pub(crate) fn multi_thread() -> Runtime {
    workers(2)
}

/// Whatever a twin blocks there, it blocks all of it, unless it hands the worker's tasks on.
pub(crate) fn one_worker() -> Runtime {
    workers(1)
}

fn workers(n: usize) -> Runtime {
    Builder::new_multi_thread()
        .worker_threads(n)
        .enable_all()
        .build()
        .unwrap()
}

pub(crate) fn current_thread() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

pub(crate) fn local() -> LocalRuntime {
    Builder::new_current_thread()
        .enable_all()
        .build_local(LocalOptions::default())
        .unwrap()
}
