//! What makes a writer of a blocking type that has a method for the next chunk.

use super::error::io_error;
use crate::timeout::Elapsed;
use std::error::Error;
use std::io;

/// What such a method takes, if that is not the bytes as they are lent.
#[diagnostic::on_unimplemented(
    message = "`write` needs a method that takes bytes: a `&[u8]`, or what can be made of a `Vec<u8>`",
    label = "the method takes a `{Self}`",
    note = "write `write = …` with the name of an `async fn(&mut self, chunk: Vec<u8>) -> Result<(), Error>`"
)]
pub trait WrittenChunk {
    /// A copy of `bytes`.
    fn copy_of(bytes: &[u8]) -> Self;
}

impl<T: From<Vec<u8>>> WrittenChunk for T {
    fn copy_of(bytes: &[u8]) -> T {
        bytes.to_vec().into()
    }
}

/// What such a method returns: nothing if it takes all, else how many bytes it has taken.
#[diagnostic::on_unimplemented(
    message = "`write` needs a method that returns a `Result<(), _>`, or a `Result<usize, _>` with the number of bytes",
    label = "the method returns a `{Self}`",
    note = "write `write = …` with the name of an `async fn(&mut self, chunk: Vec<u8>) -> Result<(), Error>`"
)]
pub trait Written {
    /// As a writer returns it, for a chunk of so many bytes.
    ///
    /// # Errors
    ///
    /// Those of the method.
    fn into_io(self, length: usize) -> io::Result<usize>;
}

impl<E: Into<Box<dyn Error + Send + Sync>>> Written for Result<(), E> {
    fn into_io(self, length: usize) -> io::Result<usize> {
        self.map_err(io_error)?;
        Ok(length)
    }
}

impl<E: Into<Box<dyn Error + Send + Sync>>> Written for Result<usize, E> {
    fn into_io(self, _: usize) -> io::Result<usize> {
        self.map_err(io_error)
    }
}

/// Those of a method with a time limit.
impl<T, E> Written for Result<Result<T, E>, Elapsed>
where
    Result<T, E>: Written,
{
    fn into_io(self, length: usize) -> io::Result<usize> {
        self?.into_io(length)
    }
}

/// How much a method has written of a chunk of so many bytes.
///
/// # Errors
///
/// Those of the method.
pub fn written(written: impl Written, length: usize) -> io::Result<usize> {
    written.into_io(length)
}

/// Whether a method has flushed.
///
/// # Errors
///
/// Those of the method.
pub fn flushed(flushed: impl Written) -> io::Result<()> {
    flushed.into_io(0).map(drop)
}

#[cfg(test)]
mod tests {
    use super::{WrittenChunk, flushed, written};
    use crate::timeout::block_on_timeout;
    use std::future::{pending, ready};
    use std::io::{self, ErrorKind};
    use std::time::Duration;

    #[test]
    fn chunks_are_what_can_be_made_of_bytes() {
        assert_eq!(Vec::copy_of(b"ab"), b"ab");
        assert_eq!(&*Box::<[u8]>::copy_of(b"ab"), b"ab");
    }

    #[test]
    fn a_method_takes_all_or_says_how_much() {
        assert_eq!(written(Ok::<_, io::Error>(()), 3).unwrap(), 3);
        assert_eq!(written(Ok::<_, io::Error>(2), 3).unwrap(), 2);
        let in_time = block_on_timeout(Duration::MAX, ready(Ok::<_, io::Error>(2)));
        assert_eq!(written(in_time, 3).unwrap(), 2);
    }

    #[test]
    fn errors_are_those_of_io() {
        let never = pending::<Result<(), io::Error>>();
        let late = written(block_on_timeout(Duration::ZERO, never), 1);
        assert_eq!(late.unwrap_err().kind(), ErrorKind::TimedOut);
        let gone = flushed(Err::<(), _>(io::Error::from(ErrorKind::BrokenPipe)));
        assert_eq!(gone.unwrap_err().kind(), ErrorKind::BrokenPipe);
        let other = flushed(Err::<(), _>("no luck"));
        assert_eq!(other.unwrap_err().to_string(), "no luck");
    }
}
