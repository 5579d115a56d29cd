//! Free fns: each is an async fn, and its twin is what Python sees.

use crate::detached;
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use std::future::pending;
use std::io;
use std::time::Duration;
use sync_twin::{Cancel, sync_wrapper};
use tokio::select;
use tokio::task::yield_now;
use tokio::time::sleep;

/// Runs what needs Python's lock, inside an async fn. Once the interpreter ends, `Python::attach` panics. Then the call waits for
/// the end of the process, as other threads do that want the lock.
async fn attached<T>(code: impl FnOnce(Python<'_>) -> T) -> T {
    match Python::try_attach(code) {
        Some(output) => output,
        None => pending().await,
    }
}

/// Waits, and returns the text.
#[sync_wrapper(name = wait, around = detached, attrs(pyfunction, pyo3(signature = (ms, text = "waited"))))]
pub(crate) async fn wait_async(ms: u64, text: &str) -> io::Result<String> {
    sleep(Duration::from_millis(ms)).await;
    match text {
        "" => Err(io::Error::new(io::ErrorKind::NotFound, "no text")),
        text => Ok(text.to_owned()),
    }
}

/// Returns the number at once.
#[sync_wrapper(name = ready, around = detached, attrs(pyfunction))]
pub(crate) async fn ready_async(n: u64) -> u64 {
    n
}

/// Returns the number at the second poll.
#[sync_wrapper(name = once, around = detached, attrs(pyfunction))]
pub(crate) async fn once_async(n: u64) -> u64 {
    yield_now().await;
    n
}

/// Reports each step. An exception of the callback ends the download, and is the caller's.
#[sync_wrapper(name = download, around = detached, attrs(pyfunction))]
pub(crate) async fn download_async(steps: u32, progress: Py<PyAny>) -> PyResult<u32> {
    for step in 1..=steps {
        sleep(Duration::from_millis(1)).await;
        attached(|py| progress.call1(py, (step, steps))).await?;
    }
    Ok(steps)
}

/// Calls a Python function in a task, which another thread may run: that takes Python's lock there.
#[sync_wrapper(name = call_in_task, around = detached, flavor = "multi_thread", attrs(pyfunction))]
pub(crate) async fn call_in_task_async(function: Py<PyAny>) -> PyResult<Py<PyAny>> {
    let task = tokio::spawn(async move {
        yield_now().await;
        attached(|py| function.call0(py)).await
    });
    task.await
        .map_err(|lost| PyRuntimeError::new_err(lost.to_string()))?
}

/// Waits for ever, or until a signal handler of Python's raises, as that of Ctrl-C does.
#[sync_wrapper(name = listen, around = detached, attrs(pyfunction))]
pub(crate) async fn listen_async() -> PyResult<()> {
    select! {
        raised = interrupted() => Err(raised),
        () = pending() => Ok(()),
    }
}

/// The exception of a signal handler. Python runs these on its main thread only, and a call is polled on the thread that makes it.
async fn interrupted() -> PyErr {
    loop {
        sleep(Duration::from_millis(20)).await;
        if let Err(raised) = attached(|py| py.check_signals()).await {
            return raised;
        }
    }
}

/// Ends calls from another thread.
#[pyclass]
pub(crate) struct Stop(Cancel);

#[pymethods]
impl Stop {
    #[new]
    fn new() -> Self {
        Stop(Cancel::new())
    }

    /// Ends the calls that wait with this, and those to come.
    fn stop(&self) {
        self.0.cancel();
    }
}

/// Waits for ever, or until `stop` says so: then it raises an `OSError`.
#[sync_wrapper(name = listen_until, around = detached, cancel = stop.0, flatten, attrs(pyfunction))]
pub(crate) async fn listen_until_async(stop: &Stop) -> io::Result<()> {
    let _ = stop;
    pending().await
}
