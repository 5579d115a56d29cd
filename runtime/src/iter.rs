//! A stream, read by sync code.

use crate::dispatch;
use crate::lend::lend;
use futures_core::Stream;
use std::fmt;
use std::future::poll_fn;
use std::iter::FusedIterator;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::runtime::Handle;

/// A blocking iterator over the items of a stream; [`iter`] makes it, and so do twins of streams.
///
/// `next` blocks until the stream has its next item. Nothing is read ahead. Dropping it drops the stream.
pub struct Iter<S> {
    stream: Option<Pin<Box<S>>>,
}

/// Turns a stream into a blocking iterator.
///
/// The iterator may be used from every [`Context`](crate::Context), and from another one for each item.
/// The stream stays where the iterator is: on a thread that drives a current-thread runtime it is polled in
/// place, as [`block_on`](crate::block_on) does.
///
/// ```
/// let numbers = futures_util::stream::iter(1..=3);
/// assert_eq!(sync_twin::iter(numbers).sum::<i32>(), 6);
/// ```
pub fn iter<S: Stream>(stream: S) -> Iter<S> {
    Iter {
        stream: Some(Box::pin(stream)),
    }
}

/// The same, with the stream in the context of `runtime` wherever the iterator is used.
pub fn iter_in<S: Stream>(runtime: Handle, stream: S) -> IterIn<S> {
    let items = iter(Placed {
        stream: Some(Box::pin(stream)),
        runtime: runtime.clone(),
    });
    IterIn { items, runtime }
}

/// An iterator whose every `next` is a call in the context of a runtime, and panics where such a call does.
pub struct IterIn<S> {
    items: Iter<Placed<S>>,
    runtime: Handle,
}

impl<S: Stream> Iterator for IterIn<S> {
    type Item = S::Item;

    #[track_caller]
    fn next(&mut self) -> Option<S::Item> {
        let _ = lend(&self.runtime);
        self.items.next()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.items.size_hint()
    }
}

impl<S: Stream> FusedIterator for IterIn<S> {}

impl<S> fmt::Debug for IterIn<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.items.fmt(f)
    }
}

/// A stream that is polled and dropped in the context of a runtime.
struct Placed<S> {
    stream: Option<Pin<Box<S>>>,
    runtime: Handle,
}

impl<S: Stream> Stream for Placed<S> {
    type Item = S::Item;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<S::Item>> {
        let Placed { stream, runtime } = self.get_mut();
        let _context = runtime.enter();
        match stream {
            Some(stream) => stream.as_mut().poll_next(cx),
            None => unreachable!("only dropping it empties it"),
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.stream
            .as_ref()
            .map_or((0, None), |stream| stream.size_hint())
    }
}

impl<S> Drop for Placed<S> {
    fn drop(&mut self) {
        let _context = self.runtime.enter();
        self.stream = None;
    }
}

impl<S: Stream> Iterator for Iter<S> {
    type Item = S::Item;

    #[track_caller]
    fn next(&mut self) -> Option<S::Item> {
        let stream = self.stream.as_mut()?;
        let item = dispatch::in_place(|| poll_fn(|cx| stream.as_mut().poll_next(cx)));
        if item.is_none() {
            self.cancel();
        }
        item
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        match &self.stream {
            Some(stream) => stream.size_hint(),
            None => (0, Some(0)),
        }
    }
}

impl<S: Stream> FusedIterator for Iter<S> {}

impl<S> Iter<S> {
    fn cancel(&mut self) {
        if let Some(stream) = self.stream.take() {
            dispatch::dispose(stream);
        }
    }
}

impl<S> Drop for Iter<S> {
    fn drop(&mut self) {
        self.cancel();
    }
}

impl<S> fmt::Debug for Iter<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Iter").finish_non_exhaustive()
    }
}
