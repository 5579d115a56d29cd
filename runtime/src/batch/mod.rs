//! Many futures at once, from sync code.
//!
//! [`batch`](fn@batch) is what Python calls `asyncio.gather`, with a limit, timeouts, progress and results as they come:
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
//! The three ways to run one are [`run`](Batch::run), [`try_run`](Batch::try_run) and
//! [`as_completed`](Batch::as_completed). What they give depends on the timeouts, so that nobody pays attention to an
//! error that cannot happen:
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
//! On the calling thread, all of them, while it is blocked in one of these three. So they may borrow, and none has to
//! be `Send`, in every [`Context`](crate::Context). They wait at the same time, but do not compute at the same time:
//! a batch of [`spawn`](crate::spawn)ed tasks does, and so does one of [`to_thread`](crate::to_thread())s. On a thread
//! that drives a current-thread runtime they are polled in place, as [`block_on`](crate::block_on) does.
//!
//! They start in the order of the iterator, later ones when those before them wait. The iterator is asked for the next future as soon as there is room for it, in the context in which the futures run.
//! So `batch(durations.map(sleep))` works, though `sleep` needs a runtime when it is called. While the iterator
//! blocks, the futures in flight wait.
//!
//! # Cost
//!
//! A future that is ready when it is first polled costs a few nanoseconds and no allocation. One that has to wait joins
//! a `FuturesUnordered` of futures-util, which this is built on, with an allocation and about the time that
//! `buffer_unordered` takes. Memory is needed for the futures that are in flight, not for all inputs, and for the results
//! that `run` collects.

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
use std::task::{Poll, ready};
use std::time::Duration;

/// Describes a batch of futures, which then runs them at once, or some at a time.
///
/// It takes anything that can be iterated over and gives what can be awaited. Nothing is taken from the iterator, and
/// no future is polled, until the batch is run. It may be run in every [`Context`](crate::Context).
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
/// For futures of different types see `block_on(async { tokio::join!(…) })` in the cookbook.
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

/// Futures to be run at once; [`batch`](fn@batch) makes it.
///
/// `W` and `E` tell whether the whole batch and each future have a timeout, `P` is what is told of the progress.
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
    /// The next one is taken from the iterator when one has completed. So a million inputs need memory for `limit`
    /// futures, and the iterator may be endless if [`as_completed`](Batch::as_completed) is given up or
    /// [`try_run`](Batch::try_run) fails some time.
    ///
    /// # Panics
    ///
    /// When `limit` is 0, with which nothing would ever run.
    #[track_caller]
    pub fn limit(mut self, limit: usize) -> Self {
        assert!(
            limit > 0,
            "the limit of a batch is 0, with which nothing would ever run"
        );
        self.limit = limit;
        self
    }

    /// Gives the whole batch at most `timeout`, from the moment in which it is run.
    ///
    /// When that has passed, all futures that have not completed are dropped; [`run`](Batch::run) and
    /// [`try_run`](Batch::try_run) give an error and lose the results so far, while
    /// [`as_completed`](Batch::as_completed) has given them out, and ends with an error.
    ///
    /// The time is looked at when a future has completed and others have not, and while all wait. So
    /// [`Duration::ZERO`] is enough for an empty batch and for a single future that is ready at once, and for nothing else.
    /// A timeout that ends beyond what the clock can express, as [`Duration::MAX`] does, never ends.
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

    /// Gives each future at most `timeout`, from the moment in which it is taken into flight.
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
    /// `total` is `None` as long as it is not known: the iterator's `size_hint` is not exact. (It may become exact, when
    /// the iterator has ended, say.) A future that is late counts as done. It is called before `as_completed` gives out
    /// the result. To show a bar:
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
    /// A panic of a future, of the iterator or of the progress fn reaches the caller with payload and message unchanged,
    /// after all other futures have been dropped. Panics when a thread or a runtime of sync-twin's own cannot be started.
    #[track_caller]
    pub fn run<T>(self) -> W::Of<Vec<E::Of<T>>>
    where
        I::Item: IntoFuture<Output = T>,
    {
        W::of(dispatch::block_here(|| {
            let mut in_flight = self.start();
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

    /// Blocks until all futures have succeeded or one has failed: the outputs in the order of the iterator, or the
    /// error that came first.
    ///
    /// An error cancels the rest: the other futures, and the iterator, have been dropped when this returns. It is
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
    /// That of the first future that fails. With a timeout also an [`Elapsed`](crate::Elapsed), turned into the error
    /// by `From`, as `?` would do: [`io::Error`](std::io::Error) and `Box<dyn Error>` can be made of it. To a future
    /// with an error that cannot, give one in an async block: `async { Ok::<_, Box<dyn Error>>(get(url).await?) }`.
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
        dispatch::block_here(|| {
            let mut in_flight = self.start();
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
    /// `next` blocks until there is one. The futures go on only while it does; what they have started in the background
    /// always goes on. Dropping the iterator cancels the rest: all futures are dropped then.
    ///
    /// To know which output belongs to which input, have the future return both. A [`timeout`](Batch::timeout) starts
    /// here, not with the first `next`.
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
    pub fn as_completed(self) -> AsCompleted<I, W, E, P> {
        AsCompleted::new(self.start())
    }

    fn start(self) -> InFlight<I, W, E, P> {
        InFlight::new(self)
    }
}

impl<I, W, E, P> fmt::Debug for Batch<I, W, E, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Batch").finish_non_exhaustive()
    }
}

/// For how many outputs there is room from the start.
const MAX_PREALLOCATED: usize = 1024;

/// Outputs that come in any order, put into that of the inputs.
struct Outputs<T> {
    in_order: Vec<T>,
    /// What follows, as far as it is known. The first entry is that of the next one in order.
    ahead: VecDeque<Option<T>>,
}

impl<T> Outputs<T> {
    fn with_room(total: Option<usize>) -> Self {
        // A batch that is to fail before its end may have more inputs than there is memory.
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

    /// All of them, once there is one for each index.
    fn take(&mut self) -> Vec<T> {
        debug_assert!(self.ahead.is_empty());
        mem::take(&mut self.in_order)
    }
}
