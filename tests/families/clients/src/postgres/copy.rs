//! `COPY` into tables, and out of them.

use super::Error;
use bytes::Bytes;
use futures_util::{Sink, Stream};
use std::pin::Pin;
use sync_twin::sync_wrapper;
use tokio_postgres::{CopyInSink, CopyOutStream};

/// A block that extends a type of one without parameters cannot have some.
pub(super) type BytesSink = CopyInSink<Bytes>;

/// Writes what a `COPY … FROM STDIN` copies. It is for nothing, unless [`finish`](CopyInWriter::finish) follows.
///
/// The connection waits for the end of it, and every other statement with it: finish, or drop this.
#[sync_wrapper(type = CopyInWriter, foreign, write = feed)]
impl Sink<Bytes> for CopyInSink<Bytes> {
    type Error = Error;
}

#[sync_wrapper(extend = CopyInWriter, foreign)]
impl BytesSink {
    /// Ends the copy, and returns how many rows there were.
    ///
    /// # Errors
    ///
    /// If the server does not take the data.
    pub async fn finish(self: Pin<&mut Self>) -> Result<u64, Error>;
}

/// Reads what a `COPY … TO STDOUT` copies.
#[sync_wrapper(type = CopyOutReader, foreign, read = next)]
impl Stream for CopyOutStream {
    type Item = Result<Bytes, Error>;
}
