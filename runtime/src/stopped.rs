//! A call that has a time limit and can be cancelled, and what becomes of a call that has been stopped.

use crate::cancel::{Cancelled, UntilCancelled, Watch, until_cancelled};
use crate::timeout::{Alarm, Elapsed, Within, within};
use pin_project_lite::pin_project;
use std::error::Error;
use std::fmt;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// The error of a call with a `timeout` and a `cancel`: one of the two has ended it. Its future has been dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stopped {
    /// The time has passed.
    Elapsed(Elapsed),
    /// It was cancelled.
    Cancelled(Cancelled),
}

impl fmt::Display for Stopped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Stopped::Elapsed(late) => late.fmt(f),
            Stopped::Cancelled(cancelled) => cancelled.fmt(f),
        }
    }
}

impl Error for Stopped {}

impl From<Elapsed> for Stopped {
    fn from(late: Elapsed) -> Self {
        Stopped::Elapsed(late)
    }
}

impl From<Cancelled> for Stopped {
    fn from(cancelled: Cancelled) -> Self {
        Stopped::Cancelled(cancelled)
    }
}

impl From<Stopped> for io::Error {
    fn from(stopped: Stopped) -> Self {
        match stopped {
            Stopped::Elapsed(late) => late.into(),
            Stopped::Cancelled(cancelled) => cancelled.into(),
        }
    }
}

pin_project! {
    /// A future that runs until it completes, is late or is cancelled.
    pub struct UntilStopped<Fut, W> {
        #[pin]
        future: Within<UntilCancelled<Fut, W>>,
    }
}

/// Runs a future until it completes, is late or is cancelled.
pub fn until_stopped<W, F, Fut>(alarm: Alarm, watch: Watch<W>, make: F) -> UntilStopped<Fut, W>
where
    W: Future<Output = ()>,
    F: FnOnce() -> Fut,
    Fut: Future,
{
    UntilStopped {
        future: within(alarm, until_cancelled(watch, make)),
    }
}

impl<Fut, W> Future for UntilStopped<Fut, W>
where
    Fut: Future,
    W: Future<Output = ()>,
{
    type Output = Result<Fut::Output, Stopped>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let stopped = ready!(self.project().future.poll(cx));
        Poll::Ready(match stopped {
            Ok(completed) => completed.map_err(Stopped::Cancelled),
            Err(late) => Err(Stopped::Elapsed(late)),
        })
    }
}

/// What a fn returns that has the option `flatten`: a `Result`.
#[diagnostic::on_unimplemented(
    message = "`flatten` needs a fn that returns a `Result`, and not `{Self}`",
    label = "there is no error that could say that the call was stopped"
)]
pub trait Flatten {
    /// That of the `Result`.
    type Error;

    /// The `Result` that is this error.
    fn error(error: Self::Error) -> Self;
}

impl<T, E> Flatten for Result<T, E> {
    type Error = E;

    fn error(error: E) -> Self {
        Err(error)
    }
}

/// What the call returned, or the error that `map` makes of what has stopped it.
pub fn flatten<R: Flatten, S>(outcome: Result<R, S>, map: impl FnOnce(S) -> R::Error) -> R {
    outcome.unwrap_or_else(|stopped| R::error(map(stopped)))
}
