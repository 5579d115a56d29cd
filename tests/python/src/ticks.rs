//! A stream as a generator: every `next` waits for one item, while other Python threads run.

use crate::detached;
use futures_util::stream::{self, Stream};
use pyo3::prelude::*;
use std::sync::Mutex;
use std::time::Duration;
use sync_twin::sync_wrapper;
use tokio::time::sleep;

#[sync_wrapper(around = detached)]
fn ticks(count: u32, ms: u64) -> impl Stream<Item = u32> + Send + use<> {
    stream::unfold(0, move |tick| async move {
        sleep(Duration::from_millis(ms)).await;
        (tick < count).then_some((tick, tick + 1))
    })
}

/// So many numbers, one after another.
#[pyclass]
pub(crate) struct Ticks(Mutex<Box<dyn Iterator<Item = u32> + Send>>);

#[pymethods]
impl Ticks {
    #[new]
    fn new(count: u32, ms: u64) -> Self {
        Ticks(Mutex::new(Box::new(ticks_sync(count, ms))))
    }

    fn __iter__(this: PyRef<'_, Self>) -> PyRef<'_, Self> {
        this
    }

    fn __next__(&mut self) -> PyResult<Option<u32>> {
        // Nobody else has it: Python lends it as `&mut`.
        Ok(self.0.get_mut().ok().and_then(Iterator::next))
    }
}
