//! The limit that the process sets on how long a call may take.
//!
//! It changes no return type, so it can only end a call by a panic. It is for twins that have no `timeout` of their own:
//! others that block, such as `block_on` in `main`, or the `next` of a subscription, may well wait for days.

use crate::poll::{Budget, poll_once};
use std::future::Future;
use std::panic::Location;
use std::pin::Pin;
use std::task::Waker;
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::time::{Sleep, sleep};

/// What is left of a call's time.
pub(super) struct TimeLimit {
    limit: Duration,
    site: &'static Location<'static>,
    timer: Pin<Box<Sleep>>,
}

impl TimeLimit {
    /// From here on, for a call that is woken by `waker`. `runtime` is one of ours, which has timers.
    pub(super) fn begin(
        limit: Duration,
        site: &'static Location<'static>,
        runtime: &Handle,
        waker: &Waker,
    ) -> Self {
        let _entered = runtime.enter();
        let mut limit = TimeLimit {
            limit,
            site,
            timer: Box::pin(sleep(limit)),
        };
        limit.check(waker);
        limit
    }

    /// To be called when the call's future is not ready, and is to be woken by `waker`.
    ///
    /// # Panics
    ///
    /// When the time is over.
    pub(super) fn check(&mut self, waker: &Waker) {
        // The future may have used up the budget, and is late nevertheless.
        let budget = Budget::Unconstrained;
        if poll_once(waker, budget, |cx| self.timer.as_mut().poll(cx)).is_ready() {
            let TimeLimit { limit, site, .. } = self;
            panic!(
                "the blocking call at {site} did not complete within {limit:?}, which is the limit for all twins of this \
                 process that have no `timeout` of their own"
            );
        }
    }
}
