//! Reading a stream from sync code.

use crate::dispatch::{self, Origin};
use crate::inner::Pinned;
use crate::runtime_choice::flavor::{Flavor, auto};
use crate::runtime_choice::{RuntimeChoice, lend};
use crate::timeout::{Elapsed, alarm, time_limit, within};
use futures_core::{Stream, TryStream};
use pin_project_lite::pin_project;
use std::fmt;
use std::future::{Future, poll_fn};
use std::iter::FusedIterator;
use std::panic::Location;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

/// A blocking iterator over the items of a stream. [`iter`] returns it, and so do twins of streams.
///
/// `next` blocks until the stream has its next item. It reads nothing ahead. Once the stream has ended, `next` returns `None`
/// without polling it again.
///
/// The stream stays in the iterator, after its last item, too: [`get_ref`](Iter::get_ref) then asks it for what it knows by
/// then, such as how many rows there were. Dropping the iterator drops the stream.
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
    iter_of(stream, const { &Origin::OURS.of_items() })
}

/// The same for the stream of a twin.
#[track_caller]
pub fn iter_of<S: Stream>(stream: S, origin: &'static Origin) -> Iter<S> {
    Iter {
        items: iter_on(auto(), stream, origin),
    }
}

impl<S> Iter<S> {
    /// The stream, also after its last item.
    #[must_use]
    pub fn get_ref(&self) -> &S {
        self.items.stream.get()
    }

    /// The stream, to be changed in its place, also after its last item. What is polled here does not come from `next`, and a
    /// stream that has ended does not begin again for `next`, whatever is done to it.
    pub fn get_mut(&mut self) -> Pin<&mut S> {
        self.items.stream.pinned()
    }

    /// The stream. Nothing is lost: the iterator reads nothing ahead.
    #[must_use]
    pub fn into_inner(mut self) -> S
    where
        S: Unpin,
    {
        self.items.stream.leave().into_inner()
    }

    /// The stream where it is, if it is not `Unpin`. Nothing is lost.
    ///
    /// ```
    /// use futures_util::StreamExt;
    ///
    /// let numbers = futures_util::stream::iter(1..).then(|n| async move { n * n });
    /// let mut squares = sync_twin::iter(numbers);
    /// assert_eq!(squares.next(), Some(1));
    /// let mut numbers = squares.into_pinned();
    /// assert_eq!(sync_twin::block_on(numbers.next()), Some(4));
    /// ```
    #[must_use]
    pub fn into_pinned(mut self) -> Pin<Box<S>> {
        self.items.stream.leave().into_pinned()
    }
}

impl<S: Stream> Iter<S> {
    /// The next item, if it comes within `limit`. If it does not, nothing is lost: the stream stays, and the next call goes on
    /// where this one has stopped.
    ///
    /// The stream is polled at least once. So with [`Duration::ZERO`] this is the item that has come already, and
    /// [`Duration::MAX`] is no limit. It costs what `next` costs, and what
    /// [`block_on_timeout`](crate::block_on_timeout) costs beyond [`block_on`](crate::block_on).
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// let (sender, receiver) = tokio::sync::mpsc::channel(1);
    /// let numbers = futures_util::stream::unfold(receiver, |mut receiver| async {
    ///     Some((receiver.recv().await?, receiver))
    /// });
    /// let mut numbers = sync_twin::iter(numbers);
    /// assert!(numbers.next_timeout(Duration::from_millis(1)).is_err());
    /// sender.blocking_send(7).unwrap();
    /// assert_eq!(numbers.next_timeout(Duration::from_secs(60)), Ok(Some(7)));
    /// drop(sender);
    /// assert_eq!(numbers.next_timeout(Duration::ZERO), Ok(None));
    /// ```
    ///
    /// # Errors
    ///
    /// [`Elapsed`] if the time passes first.
    ///
    /// # Panics
    ///
    /// As [`block_on_timeout`](crate::block_on_timeout).
    #[track_caller]
    pub fn next_timeout(&mut self, limit: Duration) -> Result<Option<S::Item>, Elapsed> {
        self.items.next_timeout(limit)
    }
}

impl<T, E, S: Stream<Item = Result<T, E>>> Iter<S> {
    /// The next item of a stream of results, in the form that `?` takes. It blocks as `next` does.
    ///
    /// ```
    /// let rows = futures_util::stream::iter([Ok("first"), Err("gone"), Ok("last")]);
    /// let mut rows = sync_twin::iter(rows);
    /// let mut lengths = || -> Result<usize, &str> {
    ///     let mut sum = 0;
    ///     while let Some(row) = rows.try_next()? {
    ///         sum += row.len();
    ///     }
    ///     Ok(sum)
    /// };
    /// assert_eq!(lengths(), Err("gone"));
    /// // The stream decides whether it goes on after an error.
    /// assert_eq!(lengths(), Ok(4));
    /// ```
    ///
    /// # Errors
    ///
    /// Those of the stream.
    #[track_caller]
    pub fn try_next(&mut self) -> Result<Option<T>, E> {
        self.next().transpose()
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
pub fn iter_on<S: Stream, R: RuntimeChoice>(
    choice: R,
    stream: S,
    origin: &'static Origin,
) -> IterOn<S, R> {
    IterOn {
        stream: Pinned::new(stream),
        choice,
        origin,
    }
}

/// The next item. A stream that has ended is not polled again.
fn poll_next<S: Stream>(stream: &mut Pinned<S>, cx: &mut Context<'_>) -> Poll<Option<S::Item>> {
    if stream.has_ended() {
        return Poll::Ready(None);
    }
    let item = ready!(stream.pinned().poll_next(cx));
    if item.is_none() {
        stream.end();
    }
    Poll::Ready(item)
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

/// The next item of the stream in a blocking type.
pub fn next_item<S: Stream>(
    stream: &mut Pinned<S>,
) -> impl Future<Output = Option<S::Item>> + use<'_, S> {
    poll_fn(|cx| poll_next(stream, cx))
}

/// The same for a method whose time limit is an argument, which the call sees to.
pub fn next_item_within<S: Stream>(
    stream: &mut Pinned<S>,
    _limit: Duration,
) -> impl Future<Output = Option<S::Item>> + use<'_, S> {
    next_item(stream)
}

/// The next item of a stream of results.
///
/// # Errors
///
/// Those of the stream.
pub async fn try_next_item<S, T, E>(stream: &mut Pinned<S>) -> Result<Option<T>, E>
where
    S: Stream<Item = Result<T, E>>,
{
    next_item(stream).await.transpose()
}

/// How many items are left.
pub fn items_left<S: Stream>(stream: &Pinned<S>) -> (usize, Option<usize>) {
    match stream.has_ended() {
        false => stream.get().size_hint(),
        true => (0, Some(0)),
    }
}

/// Where an iterator's `next` is called, or if that is in an adapter of std's, where the blocking type was made.
#[track_caller]
pub fn site_of_next<S>(stream: &mut Pinned<S>) -> &'static Location<'static> {
    stream.site_of_next()
}

/// An iterator whose every `next` is a call, and panics as such a call does.
pub struct IterOn<S, R: RuntimeChoice> {
    stream: Pinned<S>,
    choice: R,
    origin: &'static Origin,
}

impl<S: Stream, R: RuntimeChoice> Iterator for IterOn<S, R> {
    type Item = S::Item;

    #[track_caller]
    fn next(&mut self) -> Option<S::Item> {
        let site = self.stream.site_of_next();
        self.next_at(site)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        items_left(&self.stream)
    }
}

impl<S: Stream, R: RuntimeChoice> FusedIterator for IterOn<S, R> {}

impl<S: Stream, R: RuntimeChoice> IterOn<S, R> {
    /// The next item, for a call that reports say is made at `site`.
    #[doc(hidden)]
    #[track_caller]
    pub fn next_at(&mut self, site: &'static Location<'static>) -> Option<S::Item> {
        if self.stream.has_ended() {
            return None;
        }
        let IterOn {
            stream,
            choice,
            origin,
        } = self;
        let chosen = choice.chosen();
        lend::check_not_blocked(chosen);
        dispatch::block_here_at(site, origin, chosen, || poll_fn(|cx| poll_next(stream, cx)))
    }

    #[track_caller]
    fn next_timeout(&mut self, limit: Duration) -> Result<Option<S::Item>, Elapsed> {
        if self.stream.has_ended() {
            return Ok(None);
        }
        let limit = time_limit(limit);
        let IterOn {
            stream,
            choice,
            origin,
        } = self;
        let (site, chosen) = (stream.site_of_next(), choice.chosen());
        lend::check_not_blocked(chosen);
        let next = poll_fn(|cx| poll_next(stream, cx));
        dispatch::block_here_at(site, origin, chosen, || within(alarm(limit), next))
    }
}

/// The same, with something of the user's around every `next`: the option `around`.
pub struct IterAround<S, R: RuntimeChoice, F> {
    items: IterOn<S, R>,
    next: F,
}

/// `next` makes its call inside what the user has put around that.
pub fn iter_around<S, R, F>(items: IterOn<S, R>, next: F) -> IterAround<S, R, F>
where
    S: Stream,
    R: RuntimeChoice,
    F: FnMut(&mut IterOn<S, R>, &'static Location<'static>) -> Option<S::Item>,
{
    IterAround { items, next }
}

impl<S, R, F> Iterator for IterAround<S, R, F>
where
    S: Stream,
    R: RuntimeChoice,
    F: FnMut(&mut IterOn<S, R>, &'static Location<'static>) -> Option<S::Item>,
{
    type Item = S::Item;

    #[track_caller]
    fn next(&mut self) -> Option<S::Item> {
        let IterAround { items, next } = self;
        if items.stream.has_ended() {
            return None;
        }
        let site = items.stream.site_of_next();
        next(items, site)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.items.size_hint()
    }
}

impl<S, R, F> FusedIterator for IterAround<S, R, F>
where
    S: Stream,
    R: RuntimeChoice,
    F: FnMut(&mut IterOn<S, R>, &'static Location<'static>) -> Option<S::Item>,
{
}

impl<S, R: RuntimeChoice> Drop for IterOn<S, R> {
    fn drop(&mut self) {
        self.stream.drop_on(self.choice.chosen());
    }
}

impl<S, R: RuntimeChoice> fmt::Debug for IterOn<S, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Iter").finish_non_exhaustive()
    }
}
