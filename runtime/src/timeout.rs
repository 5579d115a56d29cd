//! A limit on how long a call may take.

use crate::dispatch;
use crate::poll::is_large;
use crate::process::process;
use crate::runtime_choice::instead::Instead;
use crate::start_once::or_panic;
use pin_project_lite::pin_project;
use std::error::Error;
use std::fmt;
use std::future::{Future, IntoFuture};
use std::hash::{Hash, Hasher};
use std::io;
use std::panic::Location;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};
use tokio::runtime::{Handle, Id};
use tokio::time::{Sleep, sleep_until};

/// Blocks the calling thread until `future` has completed, but for at most `timeout`.
///
/// As [`block_on`](crate::block_on) it takes anything that can be awaited and may be called from every
/// [`Context`](crate::Context). In async code this is `tokio::time::timeout`, in Python `asyncio.wait_for`.
///
/// ```
/// use std::future::{pending, ready};
/// use std::time::Duration;
/// use sync_twin::block_on_timeout;
///
/// assert_eq!(block_on_timeout(Duration::from_secs(1), ready(7)), Ok(7));
///
/// let late = block_on_timeout(Duration::from_millis(10), pending::<()>());
/// let late = late.unwrap_err();
/// assert_eq!(late.limit(), Duration::from_millis(10));
/// // the blocking call at src/main.rs:7:12 did not complete within 10ms
/// println!("{late}");
/// # assert_eq!(late.to_string(), format!("the blocking call at {} did not complete within 10ms", late.location()));
/// ```
///
/// The future is polled at least once. So with [`Duration::ZERO`] a future that is ready at once completes, and any other
/// is late. A timeout beyond the range of the clock, such as [`Duration::MAX`], never ends.
///
/// A timeout takes effect between polls. It cannot stop a future that computes or blocks in its `poll`.
///
/// # What it leaves behind
///
/// A late future is dropped half-way. What it had read of a message is lost, so a connection is best closed then, unless the
/// future is *cancel safe*. A server may go on with a request, and so may a database with a query. What the future has spawned goes
/// on, too. To lose nothing, limit the wait and not the future: [`spawn`](crate::spawn()) it, and
/// [`join_timeout`](crate::Task::join_timeout) gives the task back when the time is up.
///
/// # Cost
///
/// That of [`block_on`](crate::block_on), plus one reading of the clock per poll, and a timer if the future has to wait.
///
/// # Errors
///
/// [`Elapsed`] if the time passes first. The future has been dropped by then.
///
/// # Panics
///
/// As [`block_on`](crate::block_on) does. Also on a thread that is ending ([`Context::ThreadExit`](crate::Context)), if
/// the future has to wait.
#[track_caller]
pub fn block_on_timeout<F: IntoFuture>(timeout: Duration, future: F) -> Result<F::Output, Elapsed> {
    let limit = Limit::of_caller(timeout);
    if const { is_large::<F>() } {
        let future = Box::new(future);
        return dispatch::block_here(move || within(alarm(limit), (*future).into_future()));
    }
    dispatch::block_here(move || within(alarm(limit), future.into_future()))
}

/// The error of a call that has not completed within its timeout. Its future has been dropped.
///
/// All are equal, whatever the limit and the call: they say that the same went wrong.
#[derive(Clone, Copy, Debug)]
pub struct Elapsed(Limit);

impl Elapsed {
    pub(crate) fn new(limit: Limit) -> Self {
        Elapsed(limit)
    }

    /// How long the call was allowed to take.
    #[must_use]
    pub fn limit(&self) -> Duration {
        self.0.duration
    }

    /// The place in your code where the call was made: that of the twin's call, and for a batch that of the method that
    /// runs it.
    #[must_use]
    pub fn location(&self) -> &'static Location<'static> {
        self.0.location
    }
}

/// A limit on how long a call may take, and where that call is made.
#[derive(Clone, Copy, Debug)]
pub struct Limit {
    duration: Duration,
    location: &'static Location<'static>,
}

impl Limit {
    #[track_caller]
    pub(crate) fn of_caller(duration: Duration) -> Self {
        Limit {
            duration,
            location: Location::caller(),
        }
    }

    /// The limit of a call that is made there.
    #[must_use]
    pub fn at(self, location: &'static Location<'static>) -> Self {
        Limit { location, ..self }
    }
}

impl PartialEq for Elapsed {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Elapsed {}

impl Hash for Elapsed {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

impl fmt::Display for Elapsed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Limit { duration, location } = self.0;
        write!(
            f,
            "the blocking call at {location} did not complete within {duration:?}"
        )
    }
}

impl Error for Elapsed {}

impl From<Elapsed> for io::Error {
    fn from(elapsed: Elapsed) -> Self {
        io::Error::new(io::ErrorKind::TimedOut, elapsed)
    }
}

pin_project! {
    /// A future that runs until `alarm`. It is polled at least once, so one that is ready at once is never late.
    pub struct Within<Fut> {
        #[pin]
        future: Fut,
        #[pin]
        alarm: Alarm,
    }
}

/// Begins the time of a call.
#[must_use]
pub fn alarm(limit: Limit) -> Alarm {
    Alarm::after(limit)
}

/// Limits a future. Not an `async fn` that builds it: a closure of the twin's would be part of its type.
pub fn within<Fut: Future>(alarm: Alarm, future: Fut) -> Within<Fut> {
    Within { future, alarm }
}

impl<Fut: Future> Future for Within<Fut> {
    type Output = Result<Fut::Output, Elapsed>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        if let Poll::Ready(output) = this.future.poll(cx) {
            return Poll::Ready(Ok(output));
        }
        this.alarm.poll(cx).map(Err)
    }
}

/// What the `timeout` option of a twin takes: a `Duration`, or an `Option` of one, in which `None` is no limit.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a time limit",
    label = "`timeout` takes a `Duration`, or an `Option<Duration>`"
)]
pub trait TimeLimit {
    /// The longest possible one never ends.
    fn time_limit(self) -> Duration;
}

impl TimeLimit for Duration {
    #[inline]
    fn time_limit(self) -> Duration {
        self
    }
}

impl TimeLimit for Option<Duration> {
    #[inline]
    fn time_limit(self) -> Duration {
        self.unwrap_or(Duration::MAX)
    }
}

impl<T: TimeLimit + Copy> TimeLimit for &T {
    #[inline]
    fn time_limit(self) -> Duration {
        (*self).time_limit()
    }
}

/// The value of that option.
#[inline]
#[track_caller]
pub fn time_limit<T: TimeLimit>(limit: T) -> Limit {
    Limit::of_caller(limit.time_limit())
}

pin_project! {
    /// The moment from which something is late. It makes a timer only if it has to wait.
    ///
    /// The timer belongs to the runtime of ours on which the call lives. If that is a runtime of the user's, which may have
    /// no timers or no driver, the timer belongs to the crew; but that of a test has its own clock.
    pub struct Alarm {
        limit: Limit,
        end: Option<Instant>,
        // The timer's.
        runtime: Option<Id>,
        #[pin]
        timer: Option<Sleep>,
    }
}

impl Alarm {
    pub(crate) fn after(limit: Limit) -> Self {
        Alarm {
            limit,
            // A moment that the clock cannot express never comes.
            end: Instead::here().now().checked_add(limit.duration),
            timer: None,
            runtime: None,
        }
    }

    /// The error, if it is late.
    pub(crate) fn elapsed(&self) -> Option<Elapsed> {
        let has_elapsed = self.end.is_some_and(|end| end <= Instead::here().now());
        has_elapsed.then(|| Elapsed::new(self.limit))
    }

    pub(crate) fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Elapsed> {
        // Unlike a timer, the clock does not stop when a runtime is held up.
        if let Some(late) = self.elapsed() {
            return Poll::Ready(late);
        }
        let limit = self.limit;
        let mut this = self.project();
        let Some(end) = *this.end else {
            return Poll::Pending;
        };
        // A batch may go on where the runtime of its timer is held up.
        let (process, instead) = (process(), Instead::here());
        let drives = |&runtime: &Id| instead.is(runtime) || process.drives_timers_of(runtime);
        if !this.runtime.as_ref().is_some_and(drives) {
            let current = Handle::try_current().map(|current| current.id()).ok();
            let ours = current.filter(drives);
            let crew = match ours {
                Some(_) => None,
                None => Some(or_panic(process.crew()).handle()),
            };
            let _entered = crew.map(Handle::enter);
            *this.runtime = ours.or(crew.map(Handle::id));
            this.timer.set(Some(sleep_until(end.into())));
        }
        match this.timer.as_pin_mut() {
            Some(timer) => timer.poll(cx).map(|()| Elapsed::new(limit)),
            None => unreachable!("it has been set above"),
        }
    }
}
