//! std's traits for blocking I/O, over those of `futures-io` for async I/O.

use super::wrapper::{wait, wrapper};
use futures_io::{AsyncBufRead, AsyncRead, AsyncSeek, AsyncWrite};
use std::io::{self, IoSliceMut, Read, Seek, SeekFrom};

wrapper! {
    /// [`Blocking`](super::Blocking), for async readers and writers that have the traits of `futures-io`.
    ///
    /// Those of `futures`, smol and async-std are the same. It has those of [`Read`], [`BufRead`](io::BufRead),
    /// [`Write`](io::Write) and [`Seek`] for which the value inside has that trait. Where it may be used, what it costs and
    /// what becomes of the value inside is as for `Blocking`. A type can have both kinds of traits, so one name for both would
    /// not tell which of them to use.
    ///
    /// ```
    /// use std::io::{BufRead, Write};
    /// use sync_twin::io::BlockingFutures;
    ///
    /// let mut text = BlockingFutures::new(Vec::new());
    /// writeln!(text, "hello")?;
    /// let text = text.into_inner();
    ///
    /// let lines: Result<Vec<_>, _> = BlockingFutures::new(text.as_slice()).lines().collect();
    /// assert_eq!(lines?, ["hello"]);
    /// # std::io::Result::Ok(())
    /// ```
    BlockingFutures over AsyncBufRead, AsyncWrite
}

impl<T: AsyncRead + Unpin> Read for BlockingFutures<T> {
    #[track_caller]
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        wait(self.parts(), |io, cx| io.poll_read(cx, buffer))
    }

    #[track_caller]
    fn read_vectored(&mut self, buffers: &mut [IoSliceMut<'_>]) -> io::Result<usize> {
        wait(self.parts(), |io, cx| io.poll_read_vectored(cx, buffers))
    }
}

impl<T: AsyncWrite + Unpin> BlockingFutures<T> {
    /// Flushes, and tells the other side that nothing more will come.
    ///
    /// std's traits have no such method. Dropping a socket closes it, but does not wait until all is sent.
    ///
    /// # Errors
    ///
    /// As the writer's `poll_close`.
    #[track_caller]
    pub fn close(&mut self) -> io::Result<()> {
        wait(self.parts(), AsyncWrite::poll_close)
    }
}

impl<T: AsyncSeek + Unpin> Seek for BlockingFutures<T> {
    #[track_caller]
    fn seek(&mut self, position: SeekFrom) -> io::Result<u64> {
        wait(self.parts(), |io, cx| io.poll_seek(cx, position))
    }
}
