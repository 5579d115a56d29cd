//! Blocking iterators and readers as streams.

use crate::to_thread::to_thread;
use futures_core::Stream;
use std::fmt;
use std::future::Future;
use std::io::{self, Read};
use std::pin::Pin;
use std::task::{Context, Poll};

/// How much is read at once: a hand-over between threads for each has to be worth while.
const CHUNK: usize = 64 * 1024;

/// A stream of the items of a blocking iterator. [`to_stream`] makes one.
pub struct ToStream<I: Iterator> {
    state: State<I>,
}

type Next<I> = dyn Future<Output = Option<(I, <I as Iterator>::Item)>> + Send;

enum State<I: Iterator> {
    Idle(I),
    /// The iterator is on another thread, and comes back with its item.
    Away(Pin<Box<Next<I>>>),
    Ended,
}

/// Makes a stream of a blocking iterator. Each item comes from another thread, where `next` holds nobody up.
///
/// The stream works on every executor, and without one. It reads nothing ahead. Dropping it drops the iterator; a `next` that
/// is under way runs to its end first, since a thread cannot be interrupted. The iterator may call twins.
///
/// ```
/// use futures_util::StreamExt;
/// use std::io::{BufRead, Cursor};
///
/// let lines = sync_twin::io::to_stream(Cursor::new("one\ntwo").lines());
/// let lines: Vec<_> = sync_twin::block_on(lines.map(Result::unwrap).collect());
/// assert_eq!(lines, ["one", "two"]);
/// ```
///
/// # Cost
///
/// That of a [`to_thread`](crate::to_thread()) for each item.
///
/// # Panics
///
/// A panic of the iterator resumes in the stream, which has then ended.
pub fn to_stream<I>(iterator: I) -> ToStream<I::IntoIter>
where
    I: IntoIterator<IntoIter: Send + 'static, Item: Send + 'static>,
{
    ToStream {
        state: State::Idle(iterator.into_iter()),
    }
}

/// Makes a stream of what a blocking reader reads, such as a file that is to be the body of a request.
///
/// As [`to_stream`] does, it reads on another thread. It ends at the end of the reader, or with its first error.
///
/// ```
/// use futures_util::TryStreamExt;
///
/// let chunks = sync_twin::io::chunks("some text".as_bytes());
/// let text: Vec<u8> = sync_twin::block_on(chunks.try_concat())?;
/// assert_eq!(text, b"some text");
/// # std::io::Result::Ok(())
/// ```
pub fn chunks<R: Read + Send + 'static>(
    reader: R,
) -> impl Stream<Item = io::Result<Vec<u8>>> + Send + Unpin {
    let mut reader = Some(reader);
    to_stream(std::iter::from_fn(move || {
        let read = read_chunk(reader.as_mut()?);
        if !matches!(read, Ok(Some(_))) {
            reader = None;
        }
        read.transpose()
    }))
}

/// `None` at the end.
fn read_chunk(reader: &mut impl Read) -> io::Result<Option<Vec<u8>>> {
    let mut chunk = vec![0; CHUNK];
    loop {
        match reader.read(&mut chunk) {
            Ok(0) => return Ok(None),
            Ok(length) => {
                chunk.truncate(length);
                return Ok(Some(chunk));
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// Nothing in it is pinned but the future, which has a box of its own.
impl<I: Iterator> Unpin for ToStream<I> {}

impl<I> Stream for ToStream<I>
where
    I: Iterator<Item: Send + 'static> + Send + 'static,
{
    type Item = I::Item;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<I::Item>> {
        let mut next = match std::mem::replace(&mut self.state, State::Ended) {
            // At its end the iterator is dropped where it is, since that may block, too.
            State::Idle(mut iterator) => Box::pin(to_thread(move || {
                let item = iterator.next()?;
                Some((iterator, item))
            })),
            State::Away(next) => next,
            State::Ended => return Poll::Ready(None),
        };
        match next.as_mut().poll(cx) {
            Poll::Ready(Some((iterator, item))) => {
                self.state = State::Idle(iterator);
                Poll::Ready(Some(item))
            }
            Poll::Ready(None) => Poll::Ready(None),
            Poll::Pending => {
                self.state = State::Away(next);
                Poll::Pending
            }
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        match &self.state {
            State::Idle(iterator) => iterator.size_hint(),
            State::Away(_) => (0, None),
            State::Ended => (0, Some(0)),
        }
    }
}

impl<I: Iterator> fmt::Debug for ToStream<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ToStream").finish_non_exhaustive()
    }
}
