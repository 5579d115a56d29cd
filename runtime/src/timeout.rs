//! A limit on how long a call may take.

use crate::home;
use std::error::Error;
use std::fmt;
use std::future::{Future, poll_fn};
use std::io;
use std::pin::pin;
use std::task::Poll;
use std::time::{Duration, Instant};
use tokio::time::Sleep;

/// The error of a call that has not completed within its timeout. Its future has been dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Elapsed(());

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

/// Runs a future for at most `timeout`. It is polled at least once, so one that is ready at once is never late.
///
/// The alarm belongs to the home runtime, which has timers and a driver wherever the future itself runs.
pub async fn within<F, Fut>(timeout: Duration, make: F) -> Result<Fut::Output, Elapsed>
where
    F: FnOnce() -> Fut,
    Fut: Future,
{
    // A moment too far away to be named never comes.
    let end = Instant::now().checked_add(timeout);
    let mut future = pin!(make());
    let mut alarm = pin!(None::<Sleep>);
    poll_fn(|cx| {
        if let Poll::Ready(output) = future.as_mut().poll(cx) {
            return Poll::Ready(Ok(output));
        }
        let Some(end) = end else {
            return Poll::Pending;
        };
        if alarm.is_none() {
            alarm.set(Some(home::alarm(end)));
        }
        match alarm.as_mut().as_pin_mut() {
            Some(alarm) => alarm.poll(cx).map(|()| Err(Elapsed(()))),
            None => unreachable!("it has been set above"),
        }
    })
    .await
}
