//! The futures of a batch that are in flight, and the iterator that they come from.
//!
//! A future that is taken from the iterator is polled at once, in a slot that is reused if the future is ready. So a ready
//! future costs no allocation. One that has to wait joins the others in a `FuturesUnordered`, which polls a future only when
//! that has been woken. The pending ones are polled before the next one is taken, so an endless row of ready futures does
//! not starve them.
//!
//! On a thread whose scheduler defers wake-ups (see [`probe`](crate::poll::probe)) the set alone would hang:
//! the batch is polled again without a wake-up, but its futures are not. So each future keeps the waker that the set has
//! polled it with, and [`InFlight::poll_all`] wakes them all. A scheduler may also drop deferred wake-ups at the end of its
//! `block_on`. So a batch that pauses while something is deferred wakes all its futures when it resumes, wherever that is.

use crate::batch::Batch;
use crate::batch::timing::{Clock, Timing};
use crate::poll::probe::{is_polled_again, peek_deferred};
use futures_util::stream::{FuturesUnordered, Stream};
use pin_project_lite::pin_project;
use std::future::{Future, IntoFuture};
use std::iter::Fuse;
use std::panic::Location;
use std::pin::Pin;
use std::task::{Context, Poll, Waker, ready};

pub(super) struct InFlight<I: Iterator<Item: IntoFuture>, W: Timing, E: Timing, P> {
    inputs: Fuse<I>,
    pending: FuturesUnordered<PendingFuture<FutureOf<I>, E>>,
    /// The length of `pending`, which takes longer to ask.
    pending_count: usize,
    /// The slot of a future that has completed, for the next one.
    spare_slot: Option<Slot<FutureOf<I>, E>>,
    limit: usize,
    alarm: Pin<Box<W::Alarm>>,
    each: E,
    /// Where the batch is run.
    location: &'static Location<'static>,
    progress: Option<P>,
    started: usize,
    completed: usize,
    /// Whether all futures have to be polled, woken or not.
    must_poll_all: bool,
    /// Whether the last poll has not returned: nobody has asked then what it has deferred.
    has_panicked: bool,
}

/// How a future has ended.
pub(super) struct Completion<T, L> {
    pub(super) index: usize,
    pub(super) output: Result<T, L>,
}

type FutureOf<I> = <<I as Iterator>::Item as IntoFuture>::IntoFuture;
type CompletionOf<I, E> =
    Completion<<<I as Iterator>::Item as IntoFuture>::Output, <E as Clock>::Late>;

/// Where a future is polled.
type Slot<F, E> = Pin<Box<TimedFuture<F, E>>>;

/// A completion, the end of the batch, or its lateness.
type NextCompletion<I, W, E> = Option<Result<CompletionOf<I, E>, <W as Clock>::Late>>;

impl<I: Iterator<Item: IntoFuture>, W: Timing, E: Timing, P> InFlight<I, W, E, P> {
    /// The batch is run at `location`.
    pub(super) fn new(batch: Batch<I, W, E, P>, location: &'static Location<'static>) -> Self {
        InFlight {
            inputs: batch.futures.fuse(),
            pending: FuturesUnordered::new(),
            pending_count: 0,
            spare_slot: None,
            limit: batch.limit,
            alarm: Box::pin(batch.whole.start(location)),
            each: batch.each,
            location,
            progress: batch.progress,
            started: 0,
            completed: 0,
            must_poll_all: false,
            has_panicked: false,
        }
    }

    /// Where the batch is run.
    pub(super) fn location(&self) -> &'static Location<'static> {
        self.location
    }

    /// The most futures that may still complete.
    pub(super) fn most_left(&self) -> Option<usize> {
        let (_, most) = self.inputs.size_hint();
        most?.checked_add(self.pending.len())
    }

    /// The number of all futures, once it is known.
    pub(super) fn total(&self) -> Option<usize> {
        let (least, most) = self.inputs.size_hint();
        if most == Some(least) {
            self.started.checked_add(least)
        } else {
            None
        }
    }

    /// Must be called once per poll of the batch, before the calls of [`InFlight::poll_completion`].
    pub(super) fn resume(&mut self) {
        self.must_poll_all |= is_polled_again() | self.has_panicked;
        // A future that has panicked is gone without having landed.
        self.pending_count = self.pending.len();
    }

    /// [`InFlight::poll_completion`], for a call that ends with one completion; the batch goes on in the next call.
    pub(super) fn poll_one_completion(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<NextCompletion<I, W, E>>
    where
        P: FnMut(usize, Option<usize>),
    {
        self.resume();
        // What was deferred before this must not count below.
        peek_deferred();
        self.has_panicked = true;
        let completion = self.poll_completion(cx);
        self.has_panicked = false;
        if completion.is_ready() && self.pending_count > 0 {
            self.must_poll_all |= peek_deferred();
        }
        completion
    }

    /// The next completion, `None` when all futures have completed, or an error when the batch is late.
    #[inline]
    pub(super) fn poll_completion(&mut self, cx: &mut Context<'_>) -> Poll<NextCompletion<I, W, E>>
    where
        P: FnMut(usize, Option<usize>),
    {
        if self.pending_count > 0 {
            if let Some(late) = self.late() {
                return Poll::Ready(Some(Err(late)));
            }
            if let Poll::Ready(completion) = self.poll_pending(cx) {
                return self.complete(completion);
            }
        }
        match self.start_futures(cx) {
            Some(Ok(completion)) => return self.complete(completion),
            Some(Err(late)) => return Poll::Ready(Some(Err(late))),
            None => {}
        }
        if self.pending_count == 0 {
            return Poll::Ready(None);
        }
        // The set has not yet polled the futures that have just joined it.
        if let Poll::Ready(completion) = self.poll_pending(cx) {
            return self.complete(completion);
        }
        W::poll(self.alarm.as_mut(), cx).map(|late| Some(Err(late)))
    }

    fn complete(&mut self, completion: CompletionOf<I, E>) -> Poll<NextCompletion<I, W, E>>
    where
        P: FnMut(usize, Option<usize>),
    {
        self.completed += 1;
        if self.progress.is_some() {
            let total = self.total();
            if let Some(progress) = &mut self.progress {
                progress(self.completed, total);
            }
        }
        Poll::Ready(Some(Ok(completion)))
    }

    /// The error if it is too late to go on. The first future is always in time.
    fn late(&self) -> Option<W::Late> {
        if self.completed == 0 {
            return None;
        }
        W::elapsed(&self.alarm)
    }

    /// Takes futures from the iterator until the limit is reached, or one completes at once.
    fn start_futures(&mut self, cx: &mut Context<'_>) -> NextCompletion<I, W, E> {
        while self.pending_count < self.limit {
            let future = self.inputs.next()?.into_future();
            if let Some(late) = self.late() {
                return Some(Err(late));
            }
            let future = TimedFuture {
                future: Some(future),
                alarm: Some(self.each.start(self.location)),
                index: self.started,
            };
            self.started += 1;
            let mut slot = match self.spare_slot.take() {
                Some(mut spare_slot) => {
                    spare_slot.set(future);
                    spare_slot
                }
                None => Box::pin(future),
            };
            if let Poll::Ready(completion) = slot.as_mut().poll(cx) {
                self.spare_slot = Some(slot);
                return Some(Ok(completion));
            }
            self.pending.push(PendingFuture {
                future: Some(slot),
                waker: None,
            });
            self.pending_count += 1;
        }
        None
    }

    fn poll_pending(&mut self, cx: &mut Context<'_>) -> Poll<CompletionOf<I, E>> {
        if self.must_poll_all {
            if let Poll::Ready(completion) = self.poll_all() {
                return Poll::Ready(completion);
            }
        }
        self.poll_woken(cx)
    }

    fn poll_woken(&mut self, cx: &mut Context<'_>) -> Poll<CompletionOf<I, E>> {
        match ready!(Pin::new(&mut self.pending).poll_next(cx)) {
            Some((completion, slot)) => {
                self.pending_count -= 1;
                self.spare_slot = Some(slot);
                Poll::Ready(completion)
            }
            None => Poll::Pending,
        }
    }

    /// Polls every future, woken or not.
    ///
    /// None of this may wake the batch itself, or the pauses between these polls would never grow. Hence the set has a waker
    /// that does nothing, before and after we wake the futures. The next poll finds those that are woken meanwhile.
    #[cold]
    fn poll_all(&mut self) -> Poll<CompletionOf<I, E>> {
        let cx = &mut Context::from_waker(Waker::noop());
        if let Poll::Ready(completion) = self.poll_woken(cx) {
            return Poll::Ready(completion);
        }
        self.must_poll_all = false;
        for pending in self.pending.iter_mut() {
            if let Some(waker) = &pending.waker {
                waker.wake_by_ref();
            }
        }
        self.poll_woken(cx)
    }
}

pin_project! {
    /// A future that has been taken from the iterator, and its timeout.
    struct TimedFuture<F, E: Timing> {
        #[pin]
        future: Option<F>,
        #[pin]
        alarm: Option<E::Alarm>,
        index: usize,
    }
}

impl<F: Future, E: Timing> TimedFuture<F, E> {
    /// Polls the future, and drops it if it completes or is late.
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Completion<F::Output, E::Late>> {
        let mut this = self.project();
        let (Some(future), Some(alarm)) = (
            this.future.as_mut().as_pin_mut(),
            this.alarm.as_mut().as_pin_mut(),
        ) else {
            unreachable!("one that has completed is not polled");
        };
        let output = match future.poll(cx) {
            Poll::Ready(output) => Ok(output),
            Poll::Pending => Err(ready!(E::poll(alarm, cx))),
        };
        this.future.set(None);
        this.alarm.set(None);
        Poll::Ready(Completion {
            index: *this.index,
            output,
        })
    }
}

/// A future that has to wait.
struct PendingFuture<F, E: Timing> {
    future: Option<Slot<F, E>>,
    /// Wakes it. The waker stays the same, so it is cloned only once.
    waker: Option<Waker>,
}

impl<F: Future, E: Timing> Future for PendingFuture<F, E> {
    /// Gives its slot back.
    type Output = (Completion<F::Output, E::Late>, Slot<F, E>);

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        let Some(mut slot) = this.future.take() else {
            unreachable!("one that has completed is not polled");
        };
        if let Poll::Ready(completion) = slot.as_mut().poll(cx) {
            return Poll::Ready((completion, slot));
        }
        this.future = Some(slot);
        match &mut this.waker {
            Some(waker) => waker.clone_from(cx.waker()),
            none => *none = Some(cx.waker().clone()),
        }
        Poll::Pending
    }
}
