//! Many futures at once, from sync code.
//!
//! [`batch`](fn@batch) is Python's `asyncio.gather`, with a limit, timeouts, progress, and results as they complete:
//!
//! ```
//! use sync_twin::batch;
//!
//! async fn square(n: u32) -> u32 {
//!     tokio::time::sleep(std::time::Duration::from_millis(1)).await;
//!     n * n
//! }
//!
//! let squares = batch((1..=10).map(square)).limit(4).run();
//! assert_eq!(squares, [1, 4, 9, 16, 25, 36, 49, 64, 81, 100]);
//! ```
//!
//! There are three ways to run one: [`run`](Batch::run), [`try_run`](Batch::try_run) and
//! [`as_completed`](Batch::as_completed). Their results depend on the timeouts, so that you need not handle an error that
//! cannot happen:
//!
//! | with | `run` | `try_run` | items of `as_completed` |
//! |---|---|---|---|
//! | no timeout | `Vec<T>` | `Result<Vec<T>, E>` | `T` |
//! | [`timeout`](Batch::timeout) | `Result<Vec<T>, Elapsed>` | `Result<Vec<T>, E>`, `E: From<Elapsed>` | `Result<T, Elapsed>` |
//! | [`timeout_each`](Batch::timeout_each) | `Vec<Result<T, Elapsed>>` | `Result<Vec<T>, E>`, `E: From<Elapsed>` | `Result<T, Elapsed>` |
//! | both | `Result<Vec<Result<T, Elapsed>>, Elapsed>` | `Result<Vec<T>, E>`, `E: From<Elapsed>` | `Result<Result<T, Elapsed>, Elapsed>` |
//!
//! # Where the futures run
//!
//! All of them run on the calling thread, while it is blocked in one of these three. So they may borrow, and need not be
//! `Send`, in every [`Context`](crate::Context). They wait at the same time, but do not compute at the same time. For that,
//! make a batch of [`spawn`](crate::spawn)ed tasks, or of [`to_thread`](crate::to_thread())s. On a thread that drives a
//! current-thread runtime they are polled in place, as by [`block_on`](crate::block_on).
//!
//! They start in the order of the iterator, later ones when earlier ones wait. As soon as the limit leaves room, the batch
//! asks the iterator for the next future, in the context in which the futures run. So `batch(durations.map(sleep))` works,
//! though calling `sleep` needs a runtime. While the iterator blocks, the futures in flight wait.
//!
//! # Cost
//!
//! A future that is ready at its first poll costs a few nanoseconds and no allocation. One that has to wait joins a
//! `FuturesUnordered` of futures-util, which costs an allocation, and about as much time as `buffer_unordered`. A batch needs
//! memory for the futures in flight, not for all inputs, and for the results that `run` collects.

mod completed;
mod in_flight;
mod timing;

pub use completed::AsCompleted;
pub use timing::{FromElapsed, Timed, Timing, Untimed};

use crate::dispatch;
use in_flight::InFlight;
use std::collections::VecDeque;
use std::fmt;
use std::future::{IntoFuture, poll_fn};
use std::mem;
use std::panic::Location;
use std::task::{Poll, ready};
use std::time::Duration;

/// Describes a batch of futures, to run all at once or some at a time.
///
/// It takes anything that iterates over things that can be awaited. Nothing is taken from the iterator, and no future is
/// polled, until you run the batch. You may run it in every [`Context`](crate::Context).
///
/// Without a [`limit`](Batch::limit) all futures are in flight at once.
///
/// ```
/// use std::time::Duration;
/// use sync_twin::batch;
/// use tokio::time::sleep;
///
/// let words = ["to", "be", "or", "not"];
/// let lengths = batch(words.iter().map(|word| async {
///     sleep(Duration::from_millis(1)).await;
///     word.len()
/// }));
/// assert_eq!(lengths.run(), [2, 2, 2, 3]);
/// ```
///
/// For futures of different types see `block_on(async { tokio::join!(…) })` in the [cookbook](crate::guide::cookbook#different-futures-at-once).
pub fn batch<I>(futures: I) -> Batch<I::IntoIter>
where
    I: IntoIterator,
    I::Item: IntoFuture,
{
    Batch {
        futures: futures.into_iter(),
        limit: usize::MAX,
        whole: Untimed,
        each: Untimed,
        progress: None,
    }
}

/// Futures to run at once. [`batch`](fn@batch) returns it.
///
/// `W` and `E` say whether the whole batch and each future have a timeout. `P` is the progress callback.
#[must_use = "a batch does nothing until it is run"]
pub struct Batch<I, W = Untimed, E = Untimed, P = fn(usize, Option<usize>)> {
    futures: I,
    limit: usize,
    whole: W,
    each: E,
    progress: Option<P>,
}

impl<I, W, E, P> Batch<I, W, E, P> {
    /// Has at most `limit` futures in flight at a time, as a semaphore does.
    ///
    /// When one has completed, the next is taken from the iterator. So a million inputs need memory for only `limit`
    /// futures. The iterator may even be endless, if you drop [`as_completed`](Batch::as_completed)'s iterator at some
    /// time, or [`try_run`](Batch::try_run) fails.
    ///
    /// # Panics
    ///
    /// When `limit` is 0.
    #[track_caller]
    pub fn limit(mut self, limit: usize) -> Self {
        assert!(
            limit > 0,
            "the limit of a batch is 0, so nothing would ever run"
        );
        self.limit = limit;
        self
    }

    /// Gives the whole batch at most `timeout`, from the moment in which it is run.
    ///
    /// When that has passed, all futures that have not completed are dropped. [`run`](Batch::run) and
    /// [`try_run`](Batch::try_run) return an error, and lose the results so far. [`as_completed`](Batch::as_completed) has
    /// already returned those, and ends with an error.
    ///
    /// The clock is read when a future has completed and others have not, and while all wait. So [`Duration::ZERO`] is
    /// enough only for an empty batch, and for a single future that is ready at once. A timeout beyond the range of the
    /// clock, such as [`Duration::MAX`], never ends.
    ///
    /// ```
    /// use std::future::pending;
    /// use std::time::Duration;
    /// use sync_twin::batch;
    ///
    /// let late = batch([pending::<u32>(), pending()]).timeout(Duration::from_millis(5)).run();
    /// assert!(late.is_err());
    /// ```
    pub fn timeout(self, timeout: Duration) -> Batch<I, Timed, E, P> {
        Batch {
            futures: self.futures,
            limit: self.limit,
            whole: Timed::new(timeout),
            each: self.each,
            progress: self.progress,
        }
    }

    /// Gives each future at most `timeout`, from the moment in which it is taken from the iterator.
    ///
    /// One that has not completed by then is dropped, and its result is an error. Each is polled at least once, so with
    /// [`Duration::ZERO`] those that are ready at once are in time; [`Duration::MAX`] never ends.
    ///
    /// ```
    /// use std::time::Duration;
    /// use sync_twin::batch;
    /// use tokio::time::sleep;
    ///
    /// let naps = batch([0, 60_000].map(|ms| async move {
    ///     sleep(Duration::from_millis(ms)).await;
    ///     ms
    /// }));
    /// let woken = naps.timeout_each(Duration::from_millis(20)).run();
    /// assert_eq!(woken[0], Ok(0));
    /// assert!(woken[1].is_err());
    /// ```
    pub fn timeout_each(self, timeout: Duration) -> Batch<I, W, Timed, P> {
        Batch {
            futures: self.futures,
            limit: self.limit,
            whole: self.whole,
            each: Timed::new(timeout),
            progress: self.progress,
        }
    }

    /// Calls `progress(done, total)` each time that a future has completed, on the calling thread.
    ///
    /// `total` is `None` as long as the iterator's `size_hint` is not exact. It may become exact later, for example when the
    /// iterator has ended. A future that is late counts as done. The callback runs before `as_completed` returns the
    /// result. To show a bar:
    ///
    /// ```
    /// use indicatif::ProgressBar;
    /// use sync_twin::batch;
    ///
    /// let bar = ProgressBar::new(0);
    /// let batch = batch((0..100_u64).map(|n| async move { n })).on_progress(|done, total| {
    ///     bar.set_length(total.unwrap_or(done) as u64);
    ///     bar.set_position(done as u64);
    /// });
    /// batch.run();
    /// assert_eq!((bar.position(), bar.length()), (100, Some(100)));
    /// ```
    pub fn on_progress<Q>(self, progress: Q) -> Batch<I, W, E, Q>
    where
        Q: FnMut(usize, Option<usize>),
    {
        Batch {
            futures: self.futures,
            limit: self.limit,
            whole: self.whole,
            each: self.each,
            progress: Some(progress),
        }
    }
}

impl<I, W, E, P> Batch<I, W, E, P>
where
    I: Iterator<Item: IntoFuture>,
    W: Timing,
    E: Timing,
    P: FnMut(usize, Option<usize>),
{
    /// Blocks until all futures have completed, and returns their outputs in the order of the iterator.
    ///
    /// The type of the result is `Vec<T>`, with `Result`s in and around it [where there are timeouts](self).
    ///
    /// ```
    /// use sync_twin::{Elapsed, batch};
    /// use std::time::Duration;
    ///
    /// let plain: Vec<u32> = batch([async { 7 }]).run();
    /// let timed: Result<Vec<u32>, Elapsed> = batch([async { 7 }]).timeout(Duration::MAX).run();
    /// # assert_eq!(Ok(plain), timed);
    /// ```
    ///
    /// # Panics
    ///
    /// A panic of a future, of the iterator or of the progress callback reaches the caller with payload and message
    /// unchanged, after all other futures have been dropped. Panics when a thread or runtime of sync-twin's own cannot be
    /// started.
    #[track_caller]
    pub fn run<T>(self) -> W::Of<Vec<E::Of<T>>>
    where
        I::Item: IntoFuture<Output = T>,
    {
        let location = Location::caller();
        W::of(dispatch::block_here(|| {
            let mut in_flight = InFlight::new(self, location);
            let mut outputs = Outputs::with_room(in_flight.total());
            poll_fn(move |cx| {
                in_flight.resume();
                loop {
                    match ready!(in_flight.poll_completion(cx)) {
                        Some(Ok(completion)) => {
                            outputs.put(completion.index, E::of(completion.output))
                        }
                        Some(Err(late)) => return Poll::Ready(Err(late)),
                        None => return Poll::Ready(Ok(outputs.take())),
                    }
                }
            })
        }))
    }

    /// Blocks until all futures have succeeded or one has failed. Returns the outputs in the order of the iterator, or the
    /// first error.
    ///
    /// An error cancels the rest: when this returns, the other futures and the iterator have been dropped. This is
    /// `asyncio.TaskGroup`, or `try_join_all`.
    ///
    /// ```
    /// use std::num::ParseIntError;
    /// use sync_twin::batch;
    ///
    /// async fn parse(text: &str) -> Result<u32, ParseIntError> {
    ///     tokio::task::yield_now().await;
    ///     text.parse()
    /// }
    ///
    /// assert_eq!(batch(["1", "2"].map(parse)).try_run(), Ok(vec![1, 2]));
    /// assert!(batch(["1", "two"].map(parse)).try_run().is_err());
    /// ```
    ///
    /// # Errors
    ///
    /// The error of the first future that fails. With a timeout also [`Elapsed`](crate::Elapsed), which `From` turns into
    /// the futures' error, as `?` does. [`io::Error`](std::io::Error) and `Box<dyn Error>` can be made from it. If your
    /// error cannot, convert it in an async block: `async { Ok::<_, Box<dyn Error>>(get(url).await?) }`.
    ///
    /// # Panics
    ///
    /// As [`run`](Batch::run) does.
    #[track_caller]
    pub fn try_run<T, Err>(self) -> Result<Vec<T>, Err>
    where
        I::Item: IntoFuture<Output = Result<T, Err>>,
        W: FromElapsed<Err>,
        E: FromElapsed<Err>,
    {
        let location = Location::caller();
        dispatch::block_here(|| {
            let mut in_flight = InFlight::new(self, location);
            let mut outputs = Outputs::with_room(in_flight.total());
            poll_fn(move |cx| {
                in_flight.resume();
                loop {
                    let completion = match ready!(in_flight.poll_completion(cx)) {
                        Some(Ok(completion)) => completion,
                        Some(Err(late)) => return Poll::Ready(Err(W::from_elapsed(late))),
                        None => return Poll::Ready(Ok(outputs.take())),
                    };
                    match completion.output {
                        Ok(Ok(output)) => outputs.put(completion.index, output),
                        Ok(Err(error)) => return Poll::Ready(Err(error)),
                        Err(late) => return Poll::Ready(Err(E::from_elapsed(late))),
                    }
                }
            })
        })
    }

    /// A blocking iterator over the outputs in the order in which the futures complete.
    ///
    /// `next` blocks until there is one. The futures make progress only while it does; tasks that they have spawned always
    /// do. Dropping the iterator drops all remaining futures, which cancels them.
    ///
    /// To know which output belongs to which input, let the future return both. A [`timeout`](Batch::timeout) starts here,
    /// not with the first `next`.
    ///
    /// ```
    /// use std::time::Duration;
    /// use sync_twin::batch;
    /// use tokio::time::sleep;
    ///
    /// let naps = batch([40, 1].map(|ms| async move {
    ///     sleep(Duration::from_millis(ms)).await;
    ///     ms
    /// }));
    /// assert_eq!(naps.as_completed().collect::<Vec<_>>(), [1, 40]);
    /// ```
    #[track_caller]
    pub fn as_completed(self) -> AsCompleted<I, W, E, P> {
        AsCompleted::new(InFlight::new(self, Location::caller()))
    }
}

impl<I, W, E, P> fmt::Debug for Batch<I, W, E, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Batch").finish_non_exhaustive()
    }
}

/// The most outputs to reserve room for from the start.
const MAX_PREALLOCATED: usize = 1024;

/// Puts outputs that come in any order into the order of the inputs.
struct Outputs<T> {
    in_order: Vec<T>,
    /// Outputs after those, as far as they are known. The first entry is for the next one in order.
    ahead: VecDeque<Option<T>>,
}

impl<T> Outputs<T> {
    fn with_room(total: Option<usize>) -> Self {
        // A batch that fails before its end may have more inputs than fit into memory.
        let room = total.unwrap_or(0).min(MAX_PREALLOCATED);
        Outputs {
            in_order: Vec::with_capacity(room),
            ahead: VecDeque::new(),
        }
    }

    #[inline]
    fn put(&mut self, index: usize, output: T) {
        if index == self.in_order.len() && self.ahead.is_empty() {
            self.in_order.push(output);
        } else {
            self.put_among(index, output);
        }
    }

    fn put_among(&mut self, index: usize, output: T) {
        let offset = index - self.in_order.len();
        if self.ahead.len() <= offset {
            self.ahead.resize_with(offset + 1, || None);
        }
        self.ahead[offset] = Some(output);
        while let Some(next) = self.ahead.front_mut().and_then(Option::take) {
            self.in_order.push(next);
            self.ahead.pop_front();
        }
    }

    /// All outputs, once there is one for each index.
    fn take(&mut self) -> Vec<T> {
        debug_assert!(self.ahead.is_empty());
        mem::take(&mut self.in_order)
    }
}
