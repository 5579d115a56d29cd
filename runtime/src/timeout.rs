//! A limit on how long a call may take.

use crate::dispatch;
use crate::poll::is_large;
use crate::process::process;
use crate::start_once::or_panic;
use pin_project_lite::pin_project;
use std::error::Error;
use std::fmt;
use std::future::{Future, IntoFuture, poll_fn};
use std::io;
use std::pin::{Pin, pin};
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
/// assert_eq!(late.unwrap_err().to_string(), "the call did not complete in time");
/// ```
///
/// The future is polled at least once. So with [`Duration::ZERO`] a future that is ready at once completes, and any other
/// is late. A timeout beyond the range of the clock, such as [`Duration::MAX`], never ends.
///
/// A timeout takes effect between polls. It cannot stop a future that computes or blocks in its `poll`.
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
    if const { is_large::<F>() } {
        let future = Box::new(future);
        return dispatch::block_here(move || within(timeout, move || (*future).into_future()));
    }
    dispatch::block_here(move || within(timeout, || future.into_future()))
}

/// The error of a call that has not completed within its timeout. Its future has been dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Elapsed(());

impl Elapsed {
    pub(crate) fn new() -> Self {
        Elapsed(())
    }
}

impl fmt::Display for Elapsed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the call did not complete in time")
    }
}

impl Error for Elapsed {}

impl From<Elapsed> for io::Error {
    fn from(elapsed: Elapsed) -> Self {
        io::Error::new(io::ErrorKind::TimedOut, elapsed)
    }
}

/// Runs a future for at most `timeout`. It is polled at least once, so a future that is ready at once is never late.
pub async fn within<F, Fut>(timeout: Duration, make: F) -> Result<Fut::Output, Elapsed>
where
    F: FnOnce() -> Fut,
    Fut: Future,
{
    let mut alarm = pin!(Alarm::after(timeout));
    let mut future = pin!(make());
    poll_fn(|cx| {
        if let Poll::Ready(output) = future.as_mut().poll(cx) {
            return Poll::Ready(Ok(output));
        }
        alarm.as_mut().poll(cx).map(Err)
    })
    .await
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
pub fn time_limit<T: TimeLimit>(limit: T) -> Duration {
    limit.time_limit()
}

pin_project! {
    /// The moment from which something is late. It makes a timer only if it has to wait.
    ///
    /// The timer belongs to the runtime of ours on which the call lives. If that is a runtime of the user's, which may have
    /// no timers or no driver, the timer belongs to the crew.
    pub struct Alarm {
        end: Option<Instant>,
        // The timer's.
        runtime: Option<Id>,
        #[pin]
        timer: Option<Sleep>,
    }
}

impl Alarm {
    pub(crate) fn after(timeout: Duration) -> Self {
        Alarm {
            // A moment that the clock cannot express never comes.
            end: Instant::now().checked_add(timeout),
            timer: None,
            runtime: None,
        }
    }

    pub(crate) fn has_elapsed(&self) -> bool {
        self.end.is_some_and(|end| end <= Instant::now())
    }

    pub(crate) fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Elapsed> {
        // Unlike a timer, the clock does not stop when a runtime is held up.
        if self.has_elapsed() {
            return Poll::Ready(Elapsed::new());
        }
        let mut this = self.project();
        let Some(end) = *this.end else {
            return Poll::Pending;
        };
        // A batch may go on where the runtime of its timer is held up.
        let process = process();
        if !this
            .runtime
            .is_some_and(|runtime| process.drives_timers_of(runtime))
        {
            let current = Handle::try_current().map(|current| current.id()).ok();
            let ours = current.filter(|&current| process.drives_timers_of(current));
            let crew = match ours {
                Some(_) => None,
                None => Some(or_panic(process.crew()).handle()),
            };
            let _entered = crew.map(Handle::enter);
            *this.runtime = ours.or(crew.map(Handle::id));
            this.timer.set(Some(sleep_until(end.into())));
        }
        match this.timer.as_pin_mut() {
            Some(timer) => timer.poll(cx).map(|()| Elapsed::new()),
            None => unreachable!("it has been set above"),
        }
    }
}
