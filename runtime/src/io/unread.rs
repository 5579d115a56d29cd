//! What makes a reader of a blocking type that has a method for its next chunk.

use super::error::io_error;
use crate::stopped::Stopped;
use std::error::Error;
use std::io::{self, BufRead};

/// What has been received and not yet read: generated code has it in a field beside the async value.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Unread {
    bytes: Vec<u8>,
    start: usize,
}

impl Unread {
    /// Whether the next chunk is needed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.bytes().is_empty()
    }

    /// What can be lent.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        self.bytes.get(self.start..).unwrap_or_default()
    }

    /// Takes the next chunk in the place of what has been read.
    fn replace(&mut self, chunk: impl AsRef<[u8]>) {
        self.bytes.clear();
        self.bytes.extend_from_slice(chunk.as_ref());
        self.start = 0;
    }

    /// So much has been read.
    pub fn consume(&mut self, amount: usize) {
        self.start += amount;
    }
}

/// What a method for the next chunk returns: `None` at the end.
#[diagnostic::on_unimplemented(
    message = "`read` needs a method that returns the next chunk: a `Result<Option<_>, _>` of bytes",
    label = "this is not a chunk, or none",
    note = "write `read = …` with the name of an `async fn(&mut self) -> Result<Option<Vec<u8>>, Error>`"
)]
pub trait Chunk {
    /// What contains the bytes.
    type Bytes: AsRef<[u8]>;

    /// As a reader returns it.
    ///
    /// # Errors
    ///
    /// Those of the method.
    fn into_io(self) -> io::Result<Option<Self::Bytes>>;
}

impl<B, E> Chunk for Result<Option<B>, E>
where
    B: AsRef<[u8]>,
    E: Into<Box<dyn Error + Send + Sync>>,
{
    type Bytes = B;

    fn into_io(self) -> io::Result<Option<B>> {
        self.map_err(io_error)
    }
}

/// That of a method that can be stopped: by a time limit, or as it is cancelled.
impl<B, E, S> Chunk for Result<Result<Option<B>, E>, S>
where
    B: AsRef<[u8]>,
    E: Into<Box<dyn Error + Send + Sync>>,
    S: Into<Stopped>,
{
    type Bytes = B;

    fn into_io(self) -> io::Result<Option<B>> {
        self.map_err(|stopped| io::Error::from(stopped.into()))?
            .into_io()
    }
}

/// Takes the next chunk, if there is one.
///
/// # Errors
///
/// Those of the method that has returned it.
pub fn receive<C: Chunk>(chunk: C, unread: &mut Unread) -> io::Result<bool> {
    let chunk = chunk.into_io()?;
    let is_any = chunk.is_some();
    if let Some(chunk) = chunk {
        unread.replace(chunk);
    }
    Ok(is_any)
}

/// Reads by way of the buffer.
///
/// # Errors
///
/// Those of the reader.
#[track_caller]
pub fn read_buffered(reader: &mut impl BufRead, buffer: &mut [u8]) -> io::Result<usize> {
    let available = reader.fill_buf()?;
    let length = available.len().min(buffer.len());
    buffer[..length].copy_from_slice(&available[..length]);
    reader.consume(length);
    Ok(length)
}

#[cfg(test)]
mod tests {
    use super::{Chunk, Unread};
    use crate::timeout::block_on_timeout;
    use std::future::pending;
    use std::io::{self, ErrorKind};
    use std::time::Duration;

    #[test]
    fn chunks_are_read_one_after_the_other() {
        let mut unread = Unread::default();
        assert!(unread.is_empty());
        unread.replace("abc");
        unread.consume(2);
        assert_eq!(unread.bytes(), b"c");
        unread.consume(1);
        assert!(unread.is_empty());
        unread.replace(vec![1]);
        assert_eq!(unread.bytes(), [1]);
    }

    #[test]
    fn errors_are_those_of_io() {
        let never = pending::<Result<Option<Vec<u8>>, io::Error>>();
        let late = block_on_timeout(Duration::ZERO, never);
        assert_eq!(late.into_io().unwrap_err().kind(), ErrorKind::TimedOut);
        let gone = Err::<Option<&str>, _>(io::Error::from(ErrorKind::ConnectionReset));
        assert_eq!(
            gone.into_io().unwrap_err().kind(),
            ErrorKind::ConnectionReset
        );
        let other = Err::<Option<&str>, _>("no luck");
        assert_eq!(other.into_io().unwrap_err().to_string(), "no luck");
    }
}
