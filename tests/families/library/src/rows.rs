//! Rows, and streams of them.

use crate::Error;
use futures_core::Stream;
use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll};
use sync_twin::sync_wrapper;

/// A key and its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    key: String,
    value: String,
}

#[sync_wrapper(type = BlockingRow, derive(Clone, Debug, PartialEq, Eq))]
impl Row {
    pub(crate) fn new(key: String, value: String) -> Self {
        Row { key, value }
    }

    /// Its key.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Its value, which may have to be fetched.
    pub async fn value(&self) -> String {
        tokio::task::yield_now().await;
        self.value.clone()
    }
}

/// Rows, one after the other.
#[derive(Debug)]
pub struct RowStream {
    rows: VecDeque<Row>,
    is_woken: bool,
}

impl RowStream {
    pub(crate) fn new(rows: VecDeque<Row>) -> Self {
        RowStream {
            rows,
            is_woken: false,
        }
    }
}

impl Stream for RowStream {
    type Item = Result<Row, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        // Each item takes a wait.
        self.is_woken = !self.is_woken;
        if self.is_woken {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(self.rows.pop_front().map(Ok))
    }
}
