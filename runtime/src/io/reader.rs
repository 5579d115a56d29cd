//! A stream of bytes as a blocking reader.

use super::error::io_error;
use crate::iter::{Iter, iter};
use futures_core::Stream;
use std::error::Error;
use std::fmt;
use std::io::{self, BufRead, Read};

/// A blocking reader of what a stream of bytes brings. [`reader`] makes one.
///
/// It reads nothing ahead. Dropping it drops the stream.
pub struct Reader<S: Stream<Item = Result<B, E>>, B, E> {
    chunks: Iter<S>,
    /// The chunk that is being read, and how much of it has been.
    current: Option<B>,
    read: usize,
}

/// Makes a blocking reader of a stream of bytes, such as the body of a response.
///
/// You may use the reader from every [`Context`](crate::Context), and from another one for each call. A stream's error becomes
/// that of a read: an [`io::Error`] as it is, any other as the source of one.
///
/// ```
/// use futures_util::stream;
/// use std::io::{self, BufRead};
///
/// let chunks = stream::iter([Ok("one\nt"), Ok(""), Ok("wo"), Err("too late")]);
/// let mut lines = sync_twin::io::reader(chunks).lines();
/// assert_eq!(lines.next().transpose()?.as_deref(), Some("one"));
/// assert_eq!(lines.next().unwrap().unwrap_err().to_string(), "too late");
/// # io::Result::Ok(())
/// ```
#[track_caller]
pub fn reader<S, B, E>(chunks: S) -> Reader<S, B, E>
where
    S: Stream<Item = Result<B, E>>,
    B: AsRef<[u8]>,
    E: Into<Box<dyn Error + Send + Sync>>,
{
    Reader {
        chunks: iter(chunks),
        current: None,
        read: 0,
    }
}

impl<S, B, E> Reader<S, B, E>
where
    S: Stream<Item = Result<B, E>>,
    B: AsRef<[u8]>,
{
    fn rest(&self) -> &[u8] {
        let current = self.current.as_ref().map(B::as_ref);
        current
            .and_then(|chunk| chunk.get(self.read..))
            .unwrap_or_default()
    }
}

impl<S, B, E> BufRead for Reader<S, B, E>
where
    S: Stream<Item = Result<B, E>>,
    B: AsRef<[u8]>,
    E: Into<Box<dyn Error + Send + Sync>>,
{
    #[track_caller]
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        while self.rest().is_empty() {
            // Before an error, which leaves it at that.
            (self.current, self.read) = (None, 0);
            self.current = self.chunks.next().transpose().map_err(io_error)?;
            if self.current.is_none() {
                break;
            }
        }
        Ok(self.rest())
    }

    fn consume(&mut self, amount: usize) {
        self.read += amount;
    }
}

impl<S, B, E> Read for Reader<S, B, E>
where
    S: Stream<Item = Result<B, E>>,
    B: AsRef<[u8]>,
    E: Into<Box<dyn Error + Send + Sync>>,
{
    #[track_caller]
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.fill_buf()?.read(buffer)?;
        self.consume(read);
        Ok(read)
    }
}

impl<S: Stream<Item = Result<B, E>>, B, E> fmt::Debug for Reader<S, B, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reader").finish_non_exhaustive()
    }
}
