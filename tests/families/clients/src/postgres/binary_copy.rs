//! `COPY` in the binary format.

use super::types::{BorrowToSql, ToSql, Type};
use super::{CopyInWriter, CopyOutReader, Error};
use futures_util::Stream;
use std::pin::Pin;
use sync_twin::sync_wrapper;
use tokio_postgres::binary_copy;
#[doc(no_inline)]
pub use tokio_postgres::binary_copy::BinaryCopyOutRow;

/// Writes rows in the binary format. They are for nothing, unless [`finish`](BinaryCopyInWriter::finish) follows.
#[sync_wrapper(type = BinaryCopyInWriter, foreign)]
impl binary_copy::BinaryCopyInWriter {
    /// Writes a row.
    ///
    /// # Errors
    ///
    /// If a value is not of its column's type, or the server does not take the data.
    ///
    /// # Panics
    ///
    /// If there are more values than columns, or fewer.
    pub async fn write(self: Pin<&mut Self>, values: &[&(dyn ToSql + Sync)]) -> Result<(), Error>;
    /// The same, of any values.
    ///
    /// # Errors
    ///
    /// As [`write`](Self::write).
    ///
    /// # Panics
    ///
    /// As [`write`](Self::write).
    pub async fn write_raw<P, I>(self: Pin<&mut Self>, values: I) -> Result<(), Error>
    where
        P: BorrowToSql,
        I: IntoIterator<Item = P, IntoIter: ExactSizeIterator>;
    /// Ends the copy, and returns how many rows there were.
    ///
    /// # Errors
    ///
    /// If the server does not take the data.
    pub async fn finish(self: Pin<&mut Self>) -> Result<u64, Error>;
}

impl BinaryCopyInWriter {
    /// Writes by way of `writer`, to columns of these types.
    ///
    /// # Panics
    ///
    /// If that has been used.
    #[must_use]
    pub fn new(writer: CopyInWriter, types: &[Type]) -> Self {
        let sink = writer.try_into_inner().ok();
        let sink = sink.expect("the writer has not been used");
        binary_copy::BinaryCopyInWriter::new(sink, types).into()
    }
}

/// The rows of a `COPY … TO STDOUT` in the binary format, one by one.
#[sync_wrapper(type = BinaryCopyOutIter, foreign)]
impl Stream for binary_copy::BinaryCopyOutStream {
    type Item = Result<BinaryCopyOutRow, Error>;
}

impl BinaryCopyOutIter {
    /// Reads by way of `reader`, from columns of these types.
    ///
    /// # Panics
    ///
    /// If that has been used.
    #[must_use]
    pub fn new(reader: CopyOutReader, types: &[Type]) -> Self {
        let stream = reader.try_into_inner().ok();
        let stream = stream.expect("the reader has not been used");
        binary_copy::BinaryCopyOutStream::new(stream, types).into()
    }
}
