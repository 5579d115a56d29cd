//! `COPY` into tables, and out of them.

use super::Error;
use super::types::{BorrowToSql, ToSql, Type};
use bytes::Bytes;
use futures_util::{SinkExt as _, StreamExt as _};
use std::fmt;
use std::io::{self, BufRead, Read, Write};
use std::pin::Pin;
use sync_twin::block_on;
use sync_twin::io::Reader;
pub use tokio_postgres::binary_copy::BinaryCopyOutRow;
use tokio_postgres::binary_copy::{self, BinaryCopyOutStream};
use tokio_postgres::{CopyInSink, CopyOutStream};

/// Writes what a `COPY … FROM STDIN` copies. It is for nothing, unless [`finish`](CopyInWriter::finish) follows.
pub struct CopyInWriter(Pin<Box<CopyInSink<Bytes>>>);

impl CopyInWriter {
    /// Ends the copy, and returns how many rows there were.
    ///
    /// # Errors
    ///
    /// If the server does not take the data.
    pub fn finish(mut self) -> Result<u64, Error> {
        block_on(self.0.as_mut().finish())
    }
}

impl From<CopyInSink<Bytes>> for CopyInWriter {
    fn from(sink: CopyInSink<Bytes>) -> Self {
        CopyInWriter(Box::pin(sink))
    }
}

impl Write for CopyInWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        block_on(self.0.feed(Bytes::copy_from_slice(bytes))).map_err(io::Error::other)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        block_on(self.0.flush()).map_err(io::Error::other)
    }
}

impl fmt::Debug for CopyInWriter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CopyInWriter").finish_non_exhaustive()
    }
}

/// Reads what a `COPY … TO STDOUT` copies.
#[derive(Debug)]
pub struct CopyOutReader(Reader<CopyOutStream, Bytes, Error>);

impl From<CopyOutStream> for CopyOutReader {
    fn from(stream: CopyOutStream) -> Self {
        CopyOutReader(sync_twin::io::reader(stream))
    }
}

impl Read for CopyOutReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl BufRead for CopyOutReader {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.0.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        self.0.consume(amount);
    }
}

/// Writes rows in the binary format. They are for nothing, unless [`finish`](BinaryCopyInWriter::finish) follows.
pub struct BinaryCopyInWriter(Pin<Box<binary_copy::BinaryCopyInWriter>>);

impl BinaryCopyInWriter {
    pub(super) fn new(sink: CopyInSink<Bytes>, types: &[Type]) -> Self {
        let writer = binary_copy::BinaryCopyInWriter::new(sink, types);
        BinaryCopyInWriter(Box::pin(writer))
    }

    /// Writes a row.
    ///
    /// # Errors
    ///
    /// If a value is not of its column's type, or the server does not take the data.
    ///
    /// # Panics
    ///
    /// If there are more values than columns, or fewer.
    pub fn write(&mut self, values: &[&(dyn ToSql + Sync)]) -> Result<(), Error> {
        block_on(self.0.as_mut().write(values))
    }

    /// The same, of any values.
    ///
    /// # Errors
    ///
    /// As [`write`](BinaryCopyInWriter::write).
    ///
    /// # Panics
    ///
    /// As [`write`](BinaryCopyInWriter::write).
    pub fn write_raw<P, I>(&mut self, values: I) -> Result<(), Error>
    where
        P: BorrowToSql,
        I: IntoIterator<Item = P, IntoIter: ExactSizeIterator>,
    {
        block_on(self.0.as_mut().write_raw(values))
    }

    /// Ends the copy, and returns how many rows there were.
    ///
    /// # Errors
    ///
    /// If the server does not take the data.
    pub fn finish(mut self) -> Result<u64, Error> {
        block_on(self.0.as_mut().finish())
    }
}

impl fmt::Debug for BinaryCopyInWriter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BinaryCopyInWriter").finish_non_exhaustive()
    }
}

/// The rows of a `COPY … TO STDOUT` in the binary format.
pub struct BinaryCopyOutIter(Pin<Box<BinaryCopyOutStream>>);

impl BinaryCopyOutIter {
    pub(super) fn new(stream: CopyOutStream, types: &[Type]) -> Self {
        BinaryCopyOutIter(Box::pin(BinaryCopyOutStream::new(stream, types)))
    }
}

impl Iterator for BinaryCopyOutIter {
    type Item = Result<BinaryCopyOutRow, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        block_on(self.0.next())
    }
}

impl fmt::Debug for BinaryCopyOutIter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BinaryCopyOutIter").finish_non_exhaustive()
    }
}
