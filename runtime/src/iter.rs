//! Reading a stream from sync code.

use crate::dispatch;
use crate::runtime_choice::flavor::{Flavor, auto};
use crate::runtime_choice::{RuntimeChoice, lend};
use futures_core::{Stream, TryStream};
use pin_project_lite::pin_project;
use std::fmt;
use std::future::poll_fn;
use std::iter::FusedIterator;
use std::panic::Location;
use std::pin::Pin;
use std::task::{Context, Poll};

/// A blocking iterator over the items of a stream. [`iter`] returns it, and so do twins of streams.
///
/// `next` blocks until the stream has its next item. It reads nothing ahead. Dropping the iterator drops the stream.
pub struct Iter<S> {
    items: IterOn<S, Flavor>,
}

/// Turns a stream into a blocking iterator.
///
/// You may use the iterator from every [`Context`](crate::Context), and from another one for each item. The
/// stream stays where the iterator is: on a thread that drives a current-thread runtime it is polled in place,
/// as by [`block_on`](crate::block_on).
///
/// ```
/// let numbers = futures_util::stream::iter(1..=3);
/// assert_eq!(sync_twin::iter(numbers).sum::<i32>(), 6);
/// ```
#[track_caller]
pub fn iter<S: Stream>(stream: S) -> Iter<S> {
    Iter {
        items: iter_on(auto(), stream),
    }
}

impl<S: Stream> Iterator for Iter<S> {
    type Item = S::Item;

    #[track_caller]
    fn next(&mut self) -> Option<S::Item> {
        self.items.next()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.items.size_hint()
    }
}

impl<S: Stream> FusedIterator for Iter<S> {}

impl<S> fmt::Debug for Iter<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Iter").finish_non_exhaustive()
    }
}

/// The same, with a stream that lives on the runtime of `choice`, wherever the iterator is used.
#[track_caller]
pub fn iter_on<S: Stream, R: RuntimeChoice>(choice: R, stream: S) -> IterOn<S, R> {
    IterOn {
        stream: Some(Box::pin(stream)),
        made: Location::caller(),
        choice,
    }
}

pin_project! {
    /// A stream that is only known as a [`TryStream`], as a stream of results.
    pub struct Results<S> {
        #[pin]
        stream: S,
    }
}

/// Puts the items of a stream together that is only known as a [`TryStream`].
pub fn try_stream<S: TryStream>(stream: S) -> Results<S> {
    Results { stream }
}

impl<S: TryStream> Stream for Results<S> {
    type Item = Result<S::Ok, S::Error>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.project().stream.try_poll_next(cx)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.stream.size_hint()
    }
}

/// An iterator whose every `next` is a call, and panics as such a call does.
pub struct IterOn<S, R: RuntimeChoice> {
    made: &'static Location<'static>,
    stream: Option<Pin<Box<S>>>,
    choice: R,
}

impl<S: Stream, R: RuntimeChoice> Iterator for IterOn<S, R> {
    type Item = S::Item;

    #[track_caller]
    fn next(&mut self) -> Option<S::Item> {
        let stream = self.stream.as_mut()?;
        let chosen = self.choice.chosen();
        lend::check_not_blocked(chosen);
        let site = dispatch::site_of_next(self.made);
        let item =
            dispatch::block_here_at(site, chosen, || poll_fn(|cx| stream.as_mut().poll_next(cx)));
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

impl<S: Stream, R: RuntimeChoice> FusedIterator for IterOn<S, R> {}

impl<S, R: RuntimeChoice> IterOn<S, R> {
    fn cancel(&mut self) {
        if let Some(stream) = self.stream.take() {
            dispatch::drop_in_context_on(self.choice.chosen(), stream);
        }
    }
}

impl<S, R: RuntimeChoice> Drop for IterOn<S, R> {
    fn drop(&mut self) {
        self.cancel();
    }
}

impl<S, R: RuntimeChoice> fmt::Debug for IterOn<S, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Iter").finish_non_exhaustive()
    }
}
