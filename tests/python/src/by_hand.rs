//! The same class, written by hand around a runtime of its own: what `client.rs` saves.

use crate::client::Client;
use pyo3::prelude::*;
use std::future::Future;
use std::io;
use std::sync::LazyLock;
use std::time::Duration;
use tokio::runtime::Runtime;
use tokio::time::timeout;

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().expect("a runtime"));

fn block_on<F>(py: Python<'_>, future: F) -> F::Output
where
    F: Future + Send,
    F::Output: Send,
{
    py.detach(|| RUNTIME.block_on(future))
}

/// A client of a server that keeps texts.
#[pyclass]
pub(crate) struct ClientByHand {
    inner: Client,
}

#[pymethods]
impl ClientByHand {
    /// Connects to the server at a port of this machine.
    #[staticmethod]
    fn connect(py: Python<'_>, port: u16) -> io::Result<Self> {
        let inner = block_on(py, Client::connect(port))?;
        Ok(ClientByHand { inner })
    }

    /// The text that is kept under a key, or an empty one.
    fn get(&self, py: Python<'_>, key: &str) -> io::Result<String> {
        block_on(py, self.inner.get(key))
    }

    /// Keeps a text under a key. Returns the one before.
    #[pyo3(signature = (key, text = ""))]
    fn set(&self, py: Python<'_>, key: &str, text: &str) -> io::Result<String> {
        block_on(py, self.inner.set(key, text))
    }

    /// Waits until a key has a text.
    fn wait_for(&self, py: Python<'_>, key: &str, milliseconds: u64) -> io::Result<String> {
        let limit = Duration::from_millis(milliseconds);
        block_on(py, async {
            timeout(limit, self.inner.wait_for(key, milliseconds)).await?
        })
    }

    /// How many requests have been sent.
    #[getter]
    fn requests(&self) -> u64 {
        self.inner.requests()
    }
}
