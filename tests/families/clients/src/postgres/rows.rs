//! Rows, one by one.

use super::{Error, Row};
use futures_util::StreamExt as _;
use std::fmt;
use std::pin::Pin;
use tokio_postgres::RowStream;

/// The rows of a statement, one by one.
pub struct RowIter(Pin<Box<RowStream>>);

impl RowIter {
    /// How many rows the statement has changed, once all have been read.
    #[must_use]
    pub fn rows_affected(&self) -> Option<u64> {
        self.0.rows_affected()
    }
}

impl From<RowStream> for RowIter {
    fn from(rows: RowStream) -> Self {
        RowIter(Box::pin(rows))
    }
}

impl Iterator for RowIter {
    type Item = Result<Row, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        sync_twin::block_on(self.0.next())
    }
}

impl fmt::Debug for RowIter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RowIter").finish_non_exhaustive()
    }
}
