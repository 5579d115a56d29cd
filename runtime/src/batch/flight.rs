//! The futures of a batch that are in flight, and the iterator that they come from.
//!
//! A future that is taken from the iterator is polled at once, in a place that is reused if it is ready: that costs no
//! allocation. One that has to wait joins the others in a `FuturesUnordered`, which polls a future only when that has
//! been woken. Those that fly are polled before the next one is taken, so an endless row of ready ones does not starve
//! them.
//!
//! On a thread whose scheduler swallows wake-ups (see [`probe`](crate::poll::probe)) the set alone would hang:
//! the batch is polled again without a wake-up, but its futures are not. So each future keeps the waker that the set has
//! polled it with, and [`Flight::poll_all`] wakes them all. A scheduler may also drop what it has swallowed, at the end of
//! its `block_on`. So a flight that pauses while something is swallowed wakes them all when it is resumed, wherever that is.

use crate::batch::Batch;
use crate::batch::timing::{Clock, Timing};
use crate::poll::probe::{has_deferred, is_polled_again};
use futures_util::stream::{FuturesUnordered, Stream};
use pin_project_lite::pin_project;
use std::future::{Future, IntoFuture};
use std::iter::Fuse;
use std::pin::Pin;
use std::task::{Context, Poll, Waker, ready};

pub(super) struct Flight<I, W, E, P>
where
    I: Iterator,
    I::Item: IntoFuture,
    W: Timing,
    E: Timing,
{
    waiting: Fuse<I>,
    flying: FuturesUnordered<Flyer<FutureOf<I>, E>>,
    /// As many as `flying` has, which takes longer to ask.
    aloft: usize,
    /// The place of one that has landed, for the next one that is taken.
    spare: Option<Place<FutureOf<I>, E>>,
    limit: usize,
    alarm: Pin<Box<W::Alarm>>,
    each: E,
    progress: Option<P>,
    taken: usize,
    done: usize,
    /// Whether all futures have to be polled, woken or not.
    all: bool,
}

/// How a future has ended.
pub(super) struct Landing<T, L> {
    pub(super) index: usize,
    pub(super) output: Result<T, L>,
}

type FutureOf<I> = <<I as Iterator>::Item as IntoFuture>::IntoFuture;
type LandingOf<I, E> = Landing<<<I as Iterator>::Item as IntoFuture>::Output, <E as Clock>::Late>;

/// Where a future is polled.
type Place<F, E> = Pin<Box<Passenger<F, E>>>;

/// A landing, the end of the batch, or its being late.
type Next<I, W, E> = Option<Result<LandingOf<I, E>, <W as Clock>::Late>>;

impl<I, W, E, P> Flight<I, W, E, P>
where
    I: Iterator,
    I::Item: IntoFuture,
    W: Timing,
    E: Timing,
{
    pub(super) fn new(batch: Batch<I, W, E, P>) -> Self {
        Flight {
            waiting: batch.futures.fuse(),
            flying: FuturesUnordered::new(),
            aloft: 0,
            spare: None,
            limit: batch.limit,
            alarm: Box::pin(batch.whole.start()),
            each: batch.each,
            progress: batch.progress,
            taken: 0,
            done: 0,
            all: false,
        }
    }

    /// How many futures have not completed yet, at most.
    pub(super) fn most_left(&self) -> Option<usize> {
        let (_, most) = self.waiting.size_hint();
        most?.checked_add(self.flying.len())
    }

    /// How many futures there are in all, once that is known.
    pub(super) fn total(&self) -> Option<usize> {
        let (least, most) = self.waiting.size_hint();
        if most == Some(least) {
            self.taken.checked_add(least)
        } else {
            None
        }
    }

    /// To be called when the batch is polled, before [`Flight::poll_landing`] is called for as long as that is ready.
    pub(super) fn resume(&mut self) {
        self.all |= is_polled_again();
        // A future that has panicked is gone without having landed.
        self.aloft = self.flying.len();
    }

    /// [`Flight::poll_landing`], for a call that ends with it while the batch goes on in another one.
    pub(super) fn poll_one_landing(&mut self, cx: &mut Context<'_>) -> Poll<Next<I, W, E>>
    where
        P: FnMut(usize, Option<usize>),
    {
        self.resume();
        // What has been deferred before is not asked for below.
        has_deferred();
        let landing = self.poll_landing(cx);
        if landing.is_ready() && self.aloft > 0 {
            self.all |= has_deferred();
        }
        landing
    }

    /// The next future that completes, `None` when all have, or an error when the batch is late.
    #[inline]
    pub(super) fn poll_landing(&mut self, cx: &mut Context<'_>) -> Poll<Next<I, W, E>>
    where
        P: FnMut(usize, Option<usize>),
    {
        if self.aloft > 0 {
            if let Some(late) = self.late() {
                return Poll::Ready(Some(Err(late)));
            }
            if let Poll::Ready(landing) = self.poll_flying(cx) {
                return self.land(landing);
            }
        }
        match self.board(cx) {
            Some(Ok(landing)) => return self.land(landing),
            Some(Err(late)) => return Poll::Ready(Some(Err(late))),
            None => {}
        }
        if self.aloft == 0 {
            return Poll::Ready(None);
        }
        // Those that have been taken just now have not been polled by the set yet.
        if let Poll::Ready(landing) = self.poll_flying(cx) {
            return self.land(landing);
        }
        W::poll(self.alarm.as_mut(), cx).map(|late| Some(Err(late)))
    }

    fn land(&mut self, landing: LandingOf<I, E>) -> Poll<Next<I, W, E>>
    where
        P: FnMut(usize, Option<usize>),
    {
        self.done += 1;
        if self.progress.is_some() {
            let total = self.total();
            if let Some(progress) = &mut self.progress {
                progress(self.done, total);
            }
        }
        Poll::Ready(Some(Ok(landing)))
    }

    /// Whether it is too late to go on. The first future always is in time.
    fn late(&self) -> Option<W::Late> {
        if self.done == 0 {
            return None;
        }
        W::look(&self.alarm)
    }

    /// Takes futures from the iterator until there is no room, or one lands at once.
    fn board(&mut self, cx: &mut Context<'_>) -> Next<I, W, E> {
        while self.aloft < self.limit {
            let future = self.waiting.next()?.into_future();
            if let Some(late) = self.late() {
                return Some(Err(late));
            }
            let passenger = Passenger {
                future: Some(future),
                alarm: Some(self.each.start()),
                index: self.taken,
            };
            self.taken += 1;
            let mut place = match self.spare.take() {
                Some(mut spare) => {
                    spare.set(passenger);
                    spare
                }
                None => Box::pin(passenger),
            };
            if let Poll::Ready(landing) = place.as_mut().poll(cx) {
                self.spare = Some(place);
                return Some(Ok(landing));
            }
            self.flying.push(Flyer {
                passenger: Some(place),
                waker: None,
            });
            self.aloft += 1;
        }
        None
    }

    fn poll_flying(&mut self, cx: &mut Context<'_>) -> Poll<LandingOf<I, E>> {
        if self.all {
            if let Poll::Ready(landing) = self.poll_all() {
                return Poll::Ready(landing);
            }
        }
        self.poll_woken(cx)
    }

    fn poll_woken(&mut self, cx: &mut Context<'_>) -> Poll<LandingOf<I, E>> {
        match ready!(Pin::new(&mut self.flying).poll_next(cx)) {
            Some((landing, place)) => {
                self.aloft -= 1;
                self.spare = Some(place);
                Poll::Ready(landing)
            }
            None => Poll::Pending,
        }
    }

    /// Polls every future, woken or not.
    ///
    /// None of that may wake the batch itself, or the pauses between these polls would never grow: hence the waker that
    /// does nothing, set before and after waking them. The poll that follows finds those that are woken meanwhile.
    #[cold]
    fn poll_all(&mut self) -> Poll<LandingOf<I, E>> {
        let cx = &mut Context::from_waker(Waker::noop());
        if let Poll::Ready(landing) = self.poll_woken(cx) {
            return Poll::Ready(landing);
        }
        self.all = false;
        for flyer in self.flying.iter_mut() {
            if let Some(waker) = &flyer.waker {
                waker.wake_by_ref();
            }
        }
        self.poll_woken(cx)
    }
}

pin_project! {
    /// A future that has been taken from the iterator, and its timeout.
    struct Passenger<F, E: Timing> {
        #[pin]
        future: Option<F>,
        #[pin]
        alarm: Option<E::Alarm>,
        index: usize,
    }
}

impl<F: Future, E: Timing> Passenger<F, E> {
    /// Polls the future, and drops it if that is its end.
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Landing<F::Output, E::Late>> {
        let mut this = self.project();
        let (Some(future), Some(alarm)) = (
            this.future.as_mut().as_pin_mut(),
            this.alarm.as_mut().as_pin_mut(),
        ) else {
            unreachable!("one that has landed is not polled");
        };
        let output = match future.poll(cx) {
            Poll::Ready(output) => Ok(output),
            Poll::Pending => Err(ready!(E::poll(alarm, cx))),
        };
        this.future.set(None);
        this.alarm.set(None);
        Poll::Ready(Landing {
            index: *this.index,
            output,
        })
    }
}

/// A future that has to wait.
struct Flyer<F, E: Timing> {
    passenger: Option<Place<F, E>>,
    /// What wakes it. It is the same one for the whole flight, so this is cloned once.
    waker: Option<Waker>,
}

impl<F: Future, E: Timing> Future for Flyer<F, E> {
    /// Gives its place back.
    type Output = (Landing<F::Output, E::Late>, Place<F, E>);

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        let Some(mut place) = this.passenger.take() else {
            unreachable!("one that has landed is not polled");
        };
        if let Poll::Ready(landing) = place.as_mut().poll(cx) {
            return Poll::Ready((landing, place));
        }
        this.passenger = Some(place);
        match &mut this.waker {
            Some(waker) => waker.clone_from(cx.waker()),
            none => *none = Some(cx.waker().clone()),
        }
        Poll::Pending
    }
}
