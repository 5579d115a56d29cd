//! std's traits for blocking I/O, over tokio's for async I/O.

use super::wrapper::{wait, wrapper};
use std::io::{self, Read, Seek, SeekFrom};
use std::task::ready;
use tokio::io::{AsyncBufRead, AsyncRead, AsyncSeek, AsyncWrite, ReadBuf};

wrapper! {
    /// An async reader or writer as a blocking one.
    ///
    /// It has those of [`Read`], [`BufRead`](io::BufRead), [`Write`](io::Write) and [`Seek`] for which the value inside has
    /// tokio's trait. You may use it from every [`Context`](crate::Context), and from another one for each call. The value is
    /// polled on the calling thread, so it need not be `Send`. It is dropped in the context of sync-twin's runtime, as a socket
    /// has to be.
    ///
    /// ```
    /// use std::io::{BufRead, Write};
    /// use sync_twin::io::Blocking;
    /// use tokio::io::BufReader;
    ///
    /// let (near, far) = tokio::io::duplex(64);
    /// writeln!(Blocking::new(near), "hello")?;
    /// let lines: Result<Vec<_>, _> = Blocking::new(BufReader::new(far)).lines().collect();
    /// assert_eq!(lines?, ["hello"]);
    /// # std::io::Result::Ok(())
    /// ```
    ///
    /// A value that is not `Unpin` can be inside as a `Pin<Box<_>>`.
    #[cfg_attr(
        feature = "futures-io",
        doc = "\n\nOver the traits of `futures-io`, there is [`BlockingFutures`](super::BlockingFutures)."
    )]
    ///
    /// # Cost
    ///
    /// That of a [`block_on`](crate::block_on) for each call. So small reads and writes gain by a
    /// [`BufReader`](std::io::BufReader) or a [`BufWriter`](std::io::BufWriter) around this, or by tokio's inside it.
    Blocking over AsyncBufRead, AsyncWrite
}

impl<T: AsyncRead + Unpin> Read for Blocking<T> {
    #[track_caller]
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut buffer = ReadBuf::new(buffer);
        wait(self.parts(), |io, cx| io.poll_read(cx, &mut buffer))?;
        Ok(buffer.filled().len())
    }
}

impl<T: AsyncWrite + Unpin> Blocking<T> {
    /// Flushes, and tells the other side that nothing more will come.
    ///
    /// std's traits have no such method. Dropping a socket closes it, but does not wait until all is sent.
    ///
    /// # Errors
    ///
    /// As the writer's `poll_shutdown`.
    #[track_caller]
    pub fn shutdown(&mut self) -> io::Result<()> {
        wait(self.parts(), AsyncWrite::poll_shutdown)
    }
}

impl<T: AsyncSeek + Unpin> Seek for Blocking<T> {
    #[track_caller]
    fn seek(&mut self, position: SeekFrom) -> io::Result<u64> {
        let mut has_started = false;
        wait(self.parts(), |mut io, cx| {
            if !has_started {
                // Another one may be under way, and a second must not begin before that has completed.
                ready!(io.as_mut().poll_complete(cx))?;
                io.as_mut().start_seek(position)?;
                has_started = true;
            }
            io.poll_complete(cx)
        })
    }
}
