//! std's traits for blocking I/O, over tokio's for async I/O.

use crate::dispatch::block_here;
use crate::inner::Inner;
use std::fmt;
use std::future::{Future, poll_fn};
use std::io::{self, BufRead, IoSlice, Read, Seek, SeekFrom, Write};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncBufRead, AsyncRead, AsyncSeek, AsyncWrite, ReadBuf};

/// An async reader or writer as a blocking one.
///
/// It has those of [`Read`], [`BufRead`], [`Write`] and [`Seek`] for which the value inside has tokio's trait. You may use it
/// from every [`Context`](crate::Context), and from another one for each call. The value is polled on the calling thread, so it
/// need not be `Send`. It is dropped in the context of sync-twin's runtime, as a socket has to be.
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
///
/// # Cost
///
/// That of a [`block_on`](crate::block_on) for each call. So small reads and writes gain by a [`BufReader`](std::io::BufReader)
/// or a [`BufWriter`](std::io::BufWriter) around this, or by tokio's inside it.
pub struct Blocking<T> {
    inner: Inner<T>,
}

impl<T> Blocking<T> {
    /// Puts `io` inside.
    pub const fn new(io: T) -> Self {
        Blocking {
            inner: Inner::new(io),
        }
    }

    /// The value inside.
    #[must_use]
    pub const fn get_ref(&self) -> &T {
        self.inner.get()
    }

    /// The value inside, to be changed.
    pub const fn get_mut(&mut self) -> &mut T {
        self.inner.get_mut()
    }

    /// The value inside. Nothing is lost: this has no buffer of its own.
    #[must_use]
    pub fn into_inner(self) -> T {
        self.inner.into_inner()
    }
}

impl<T: Unpin> Blocking<T> {
    /// Waits for what `poll` waits for.
    #[track_caller]
    fn wait<R>(&mut self, mut poll: impl FnMut(Pin<&mut T>, &mut Context<'_>) -> Poll<R>) -> R {
        let io = self.inner.get_mut();
        block_here(|| poll_fn(move |cx| poll(Pin::new(&mut *io), cx)))
    }
}

impl<T: AsyncRead + Unpin> Read for Blocking<T> {
    #[track_caller]
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut buffer = ReadBuf::new(buffer);
        self.wait(|io, cx| io.poll_read(cx, &mut buffer))?;
        Ok(buffer.filled().len())
    }
}

/// Lends what is in a reader's buffer. A poll that has lent it has no more use for the reader.
struct FillBuf<'a, T> {
    reader: Option<&'a mut T>,
}

impl<'a, T: AsyncBufRead + Unpin> Future for FillBuf<'a, T> {
    type Output = io::Result<&'a [u8]>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let lent = match self.reader.take() {
            Some(reader) => Pin::new(reader).poll_fill_buf(cx),
            None => Poll::Pending,
        };
        match lent {
            Poll::Ready(lent) => Poll::Ready(lent),
            Poll::Pending => Poll::Ready(Err(io::Error::other(
                "a reader that has just had data does not lend it",
            ))),
        }
    }
}

impl<T: AsyncBufRead + Unpin> BufRead for Blocking<T> {
    #[track_caller]
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        // The borrow checker cannot see that what is lent while waiting outlives the wait. So first wait, and then borrow. But at
        // the end there is nothing to lend, and a second look could wait again.
        let is_empty = self.wait(|io, cx| io.poll_fill_buf(cx).map_ok(<[u8]>::is_empty))?;
        if is_empty {
            return Ok(&[]);
        }
        let reader = Some(self.inner.get_mut());
        block_here(move || FillBuf { reader })
    }

    fn consume(&mut self, amount: usize) {
        Pin::new(self.inner.get_mut()).consume(amount);
    }
}

impl<T: AsyncWrite + Unpin> Write for Blocking<T> {
    #[track_caller]
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.wait(|io, cx| io.poll_write(cx, bytes))
    }

    #[track_caller]
    fn write_vectored(&mut self, parts: &[IoSlice<'_>]) -> io::Result<usize> {
        self.wait(|io, cx| io.poll_write_vectored(cx, parts))
    }

    #[track_caller]
    fn flush(&mut self) -> io::Result<()> {
        self.wait(|io, cx| io.poll_flush(cx))
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
        self.wait(|io, cx| io.poll_shutdown(cx))
    }
}

impl<T: AsyncSeek + Unpin> Seek for Blocking<T> {
    #[track_caller]
    fn seek(&mut self, position: SeekFrom) -> io::Result<u64> {
        let mut has_started = false;
        self.wait(|mut io, cx| {
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

impl<T: fmt::Debug> fmt::Debug for Blocking<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Blocking").field(&self.inner).finish()
    }
}

impl<T> From<T> for Blocking<T> {
    fn from(io: T) -> Self {
        Blocking::new(io)
    }
}
