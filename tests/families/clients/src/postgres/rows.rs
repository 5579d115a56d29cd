//! Rows, one by one.

use super::{Error, Row};
use futures_util::Stream;
use sync_twin::sync_wrapper;
use tokio_postgres::RowStream;

/// The rows of a statement, one by one.
///
/// The connection waits for who reads them, and every other statement on it with them: read on, or drop this.
#[sync_wrapper(type = RowIter, foreign)]
impl Stream for RowStream {
    type Item = Result<Row, Error>;
}

#[sync_wrapper(extend = RowIter, foreign)]
impl RowStream {
    /// How many rows the statement has changed, once all have been read.
    pub fn rows_affected(&self) -> Option<u64>;
}
