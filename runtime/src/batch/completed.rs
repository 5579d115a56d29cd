//! A batch, read by sync code as its futures complete.

use crate::batch::in_flight::InFlight;
use crate::batch::timing::{Timing, Untimed};
use crate::dispatch;
use std::fmt;
use std::future::{IntoFuture, poll_fn};
use std::iter::FusedIterator;

/// A blocking iterator over the outputs of a batch; [`Batch::as_completed`](super::Batch::as_completed) makes it.
#[must_use = "the futures of a batch do nothing until the iterator is asked for an item"]
pub struct AsCompleted<I, W = Untimed, E = Untimed, P = fn(usize, Option<usize>)>
where
    I: Iterator,
    I::Item: IntoFuture,
    W: Timing,
    E: Timing,
{
    in_flight: Option<InFlight<I, W, E, P>>,
}

impl<I, W, E, P> AsCompleted<I, W, E, P>
where
    I: Iterator,
    I::Item: IntoFuture,
    W: Timing,
    E: Timing,
{
    pub(super) fn new(in_flight: InFlight<I, W, E, P>) -> Self {
        AsCompleted {
            in_flight: Some(in_flight),
        }
    }

    fn cancel(&mut self) {
        if let Some(in_flight) = self.in_flight.take() {
            dispatch::drop_in_context(in_flight);
        }
    }
}

impl<I, W, E, P> Iterator for AsCompleted<I, W, E, P>
where
    I: Iterator,
    I::Item: IntoFuture,
    W: Timing,
    E: Timing,
    P: FnMut(usize, Option<usize>),
{
    type Item = W::Of<E::Of<<I::Item as IntoFuture>::Output>>;

    #[track_caller]
    fn next(&mut self) -> Option<Self::Item> {
        let in_flight = self.in_flight.as_mut()?;
        let completion = dispatch::block_here(|| poll_fn(|cx| in_flight.poll_one_completion(cx)));
        if !matches!(completion, Some(Ok(_))) {
            self.cancel();
        }
        Some(W::of(
            completion?.map(|completion| E::of(completion.output)),
        ))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.in_flight.as_ref().map_or(Some(0), InFlight::most_left);
        // A timeout may put an end to it.
        (0, left)
    }
}

impl<I, W, E, P> FusedIterator for AsCompleted<I, W, E, P>
where
    I: Iterator,
    I::Item: IntoFuture,
    W: Timing,
    E: Timing,
    P: FnMut(usize, Option<usize>),
{
}

impl<I, W, E, P> Drop for AsCompleted<I, W, E, P>
where
    I: Iterator,
    I::Item: IntoFuture,
    W: Timing,
    E: Timing,
{
    fn drop(&mut self) {
        self.cancel();
    }
}

impl<I, W, E, P> fmt::Debug for AsCompleted<I, W, E, P>
where
    I: Iterator,
    I::Item: IntoFuture,
    W: Timing,
    E: Timing,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AsCompleted").finish_non_exhaustive()
    }
}
