//! Reading a batch from sync code as its futures complete.

use crate::batch::in_flight::InFlight;
use crate::batch::timing::{Timing, Untimed};
use crate::dispatch::{self, Origin, Sites};
use crate::inner::Inner;
use crate::runtime_choice::ChosenRuntime;
use crate::runtime_choice::flavor::Flavor;
use std::fmt;
use std::future::{IntoFuture, poll_fn};
use std::iter::FusedIterator;

/// A blocking iterator over the outputs of a batch. [`Batch::as_completed`](super::Batch::as_completed) returns it.
#[must_use = "the futures of a batch do nothing until you ask the iterator for an item"]
pub struct AsCompleted<
    I: Iterator<Item: IntoFuture>,
    W: Timing = Untimed,
    E: Timing = Untimed,
    P = fn(usize, Option<usize>),
> {
    /// `None` once all have completed, or the batch is late.
    in_flight: Option<Inner<InFlight<I, W, E, P>>>,
}

impl<I: Iterator<Item: IntoFuture>, W: Timing, E: Timing, P> AsCompleted<I, W, E, P> {
    pub(super) fn new(in_flight: InFlight<I, W, E, P>) -> Self {
        AsCompleted {
            in_flight: Some(Inner::new(in_flight)),
        }
    }
}

impl<I: Iterator<Item: IntoFuture>, W: Timing, E: Timing, P: FnMut(usize, Option<usize>)> Iterator
    for AsCompleted<I, W, E, P>
{
    type Item = W::Of<E::Of<<I::Item as IntoFuture>::Output>>;

    #[track_caller]
    fn next(&mut self) -> Option<Self::Item> {
        let in_flight = self.in_flight.as_mut()?;
        let site = Sites::new(in_flight.location()).next();
        let chosen = ChosenRuntime::Ours(Flavor::Auto);
        let completion = dispatch::block_here_at(site, Origin::OURS, chosen, || {
            poll_fn(|cx| in_flight.poll_one_completion(cx))
        });
        if !matches!(completion, Some(Ok(_))) {
            self.in_flight = None;
        }
        Some(W::of(
            completion?.map(|completion| E::of(completion.output)),
        ))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let in_flight = self.in_flight.as_ref();
        let left = in_flight.map_or(Some(0), |in_flight| in_flight.most_left());
        // A timeout may end it at any time.
        (0, left)
    }
}

impl<I: Iterator<Item: IntoFuture>, W: Timing, E: Timing, P: FnMut(usize, Option<usize>)>
    FusedIterator for AsCompleted<I, W, E, P>
{
}

impl<I: Iterator<Item: IntoFuture>, W: Timing, E: Timing, P> fmt::Debug
    for AsCompleted<I, W, E, P>
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AsCompleted").finish_non_exhaustive()
    }
}
