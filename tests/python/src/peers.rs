//! What a binding does without sync-twin.

use crate::functions::once_async;
use pyo3::prelude::*;
use pyo3_async_runtimes::tokio::future_into_py;
use tokio::runtime::Builder;

/// An awaitable of asyncio's, by pyo3-async-runtimes.
#[pyfunction]
pub(crate) fn once_awaitable(py: Python<'_>, n: u64) -> PyResult<Bound<'_, PyAny>> {
    future_into_py(py, async move { Ok(once_async(n).await) })
}

/// What the docs of tokio show: a runtime for each call.
#[pyfunction]
pub(crate) fn once_on_a_private_runtime(py: Python<'_>, n: u64) -> std::io::Result<u64> {
    py.detach(|| {
        Ok(Builder::new_current_thread()
            .enable_all()
            .build()?
            .block_on(once_async(n)))
    })
}
