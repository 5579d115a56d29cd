//! Whether something has a timeout, in its type. What has no timeout has no error for it either.

use crate::timeout::{Alarm, Elapsed, Limit};
use std::convert::Infallible;
use std::panic::Location;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

/// [`Timed`] or [`Untimed`]; nothing else can be.
pub trait Timing: Clock {
    /// A `Result<T, Elapsed>` if it may be late, else a `T`.
    type Of<T>;

    #[doc(hidden)]
    fn of<T>(outcome: Result<T, Self::Late>) -> Self::Of<T>;
}

/// A timing whose lateness can be turned into the error `Err`.
#[diagnostic::on_unimplemented(
    message = "the error `{Err}` of this batch cannot express a timeout",
    label = "`{Err}` is not `From<sync_twin::Elapsed>`",
    note = "help: give the futures an error that is, such as `Box<dyn Error>`: \
            `async {{ Ok::<_, Box<dyn Error>>(future.await?) }}`"
)]
pub trait FromElapsed<Err>: Timing {
    #[doc(hidden)]
    fn from_elapsed(late: Self::Late) -> Err;
}

/// The part of a [`Timing`] that only this module uses.
pub trait Clock {
    /// The error of being late.
    type Late;
    /// Says when that is.
    type Alarm;

    /// `location` is where the batch is run.
    fn start(&self, location: &'static Location<'static>) -> Self::Alarm;
    fn elapsed(alarm: &Self::Alarm) -> Option<Self::Late>;
    fn poll(alarm: Pin<&mut Self::Alarm>, cx: &mut Context<'_>) -> Poll<Self::Late>;
}

/// Without a timeout.
#[derive(Clone, Copy, Debug)]
pub struct Untimed;

impl Clock for Untimed {
    type Late = Infallible;
    type Alarm = ();

    fn start(&self, _location: &'static Location<'static>) {}

    fn elapsed((): &()) -> Option<Infallible> {
        None
    }

    fn poll(_: Pin<&mut ()>, _: &mut Context<'_>) -> Poll<Infallible> {
        Poll::Pending
    }
}

impl Timing for Untimed {
    type Of<T> = T;

    fn of<T>(outcome: Result<T, Infallible>) -> T {
        match outcome {
            Ok(output) => output,
        }
    }
}

impl<Err> FromElapsed<Err> for Untimed {
    fn from_elapsed(late: Infallible) -> Err {
        match late {}
    }
}

/// With a timeout.
#[derive(Clone, Copy, Debug)]
pub struct Timed {
    limit: Limit,
}

impl Timed {
    #[track_caller]
    pub(super) fn new(timeout: Duration) -> Self {
        Timed {
            limit: Limit::of_caller(timeout),
        }
    }
}

impl Clock for Timed {
    type Late = Elapsed;
    type Alarm = Alarm;

    fn start(&self, location: &'static Location<'static>) -> Alarm {
        Alarm::after(self.limit.at(location))
    }

    fn elapsed(alarm: &Alarm) -> Option<Elapsed> {
        alarm.elapsed()
    }

    fn poll(alarm: Pin<&mut Alarm>, cx: &mut Context<'_>) -> Poll<Elapsed> {
        alarm.poll(cx)
    }
}

impl Timing for Timed {
    type Of<T> = Result<T, Elapsed>;

    fn of<T>(outcome: Result<T, Elapsed>) -> Result<T, Elapsed> {
        outcome
    }
}

impl<Err: From<Elapsed>> FromElapsed<Err> for Timed {
    fn from_elapsed(late: Elapsed) -> Err {
        late.into()
    }
}
