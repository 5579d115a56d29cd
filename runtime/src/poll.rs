//! Polling a future on the thread that waits for it.

use crate::parker::Parker;
use std::cell::Cell;
use std::future::Future;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::task::coop::unconstrained;

/// The longest pause between two polls of [`PollAgain`], and so the most that a swallowed wake-up costs.
const LONGEST_PAUSE: Duration = Duration::from_millis(1);

/// Builds a future here, polls it to its end, and drops it; `wait` blocks between polls.
///
/// Built and dropped here, because tokio objects may need the surrounding context for both. Polled without
/// tokio's coop budget: inside a task of somebody else it is theirs, and once used up nobody renews it.
pub(crate) fn poll_here<F, Fut>(make: F, wait: impl FnMut(&Parker)) -> Fut::Output
where
    F: FnOnce() -> Fut,
    Fut: Future,
{
    let parker = Parker::lend();
    let future = pin!(unconstrained(make()));
    poll_to_end(future, &parker, wait)
}

/// Polls `future` until it is ready; `wait` blocks between polls.
pub(crate) fn poll_to_end<Fut: Future>(
    mut future: Pin<&mut Fut>,
    parker: &Parker,
    mut wait: impl FnMut(&Parker),
) -> Fut::Output {
    loop {
        if let Poll::Ready(output) = poll_once(future.as_mut(), parker) {
            return output;
        }
        wait(parker);
    }
}

pub(crate) fn poll_once<Fut: Future>(future: Pin<&mut Fut>, parker: &Parker) -> Poll<Fut::Output> {
    future.poll(&mut Context::from_waker(parker.waker()))
}

/// Waits on a thread whose scheduler swallows wake-ups.
///
/// `tokio::task::yield_now` hands its waker to the scheduler of this thread, which runs again only after the
/// call that is blocking it. So the future is polled again also without a wake-up: first at once, then after
/// pauses of about an eighth of the time that it has been silent. A wake-up that does arrive ends a pause and
/// starts over.
///
/// A future that is many (a set that polls only those that have been woken) has to be told, or it would not poll the one
/// whose wake-up was swallowed: [`is_polled_again`] says so.
pub(crate) struct PollAgain {
    pause: Cell<Duration>,
}

impl PollAgain {
    pub(crate) fn new() -> Self {
        PollAgain {
            pause: Cell::new(Duration::ZERO),
        }
    }

    pub(crate) fn wait(&self, parker: &Parker) {
        let pause = self.pause.get();
        let woken = parker.park_timeout(pause);
        let _ = POLLED_AGAIN.try_with(|again| again.set(!woken));
        self.pause.set(if woken {
            Duration::ZERO
        } else {
            LONGEST_PAUSE.min(pause + pause / 8 + Duration::from_micros(1))
        });
    }
}

thread_local! {
    static POLLED_AGAIN: Cell<bool> = const { Cell::new(false) };
}

/// Whether the call's future is being polled without a wake-up, by [`PollAgain`]. True once for each such poll.
///
/// After such a call has ended it may be true once more, for the next one on this thread: that costs a poll.
#[inline]
pub(crate) fn is_polled_again() -> bool {
    POLLED_AGAIN.try_with(Cell::take).unwrap_or(false)
}
