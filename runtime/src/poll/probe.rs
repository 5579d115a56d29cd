//! Polling on a thread whose scheduler keeps wake-ups back, without losing one and without looking in vain.
//!
//! On the thread that drives a current-thread runtime, `yield_now` (and what has used up its coop budget) *defers* its
//! waker: it goes to a list of the scheduler's, which is served only when the thread comes back to the scheduler. That
//! happens after the call. So the call has to know whether its future has deferred something, and poll it again if so.
//!
//! The list tells. A waker that equals the last one in it is dropped, any other is cloned into it. So a waker of our own
//! is put there (a `yield_now` polled once with it) before the future is polled, and again afterwards: if that has
//! cloned it, it was not the last one any more, and something has been deferred in between. That costs 2 ns, and no
//! wake-up while nothing happens.
//!
//! Each look that finds something leaves a waker in the list, for as long as the call takes. So after that the future is
//! polled several times between looks, up to [`MAX_UNPROBED_POLLS`].
//!
//! What this cannot mend: a set of futures that polls only those of its children that were woken is polled again, but a
//! child whose waker was deferred is not. [`is_polled_again`] and [`peek_deferred`] tell such a set, and
//! [`batch`](crate::batch()) asks.

use crate::park::parker::Parker;
use std::cell::Cell;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Wake, Waker};
use tokio::task::yield_now;

/// How many polls there are between two looks at most, once something has been deferred.
const MAX_UNPROBED_POLLS: u32 = 64;

/// Nobody waits for it.
struct CloneCounter;

impl Wake for CloneCounter {
    fn wake(self: Arc<Self>) {}

    fn wake_by_ref(self: &Arc<Self>) {}
}

struct Probe {
    /// Counts the clones of the waker.
    count: Arc<CloneCounter>,
    waker: Waker,
    /// Whether calls that enclose the present one have deferred something and do not know yet.
    enclosing_deferred: Cell<bool>,
    /// Whether the poll that goes on was asked for by no wake-up.
    polled_again: Cell<bool>,
    /// Whether the thread is in a [`ProbedCall`], which takes what has been deferred.
    is_in_call: Cell<bool>,
}

thread_local! {
    static PROBE: Probe = Probe::new();
}

impl Probe {
    fn new() -> Self {
        let count = Arc::new(CloneCounter);
        let mut waker = Waker::from(Arc::clone(&count));
        // The vtable of a clone may be another one than that of its original, and then they are not equal. That of the
        // clone's clone is the same.
        for _ in 0..2 {
            waker = waker.clone();
        }
        Probe {
            count,
            waker,
            enclosing_deferred: Cell::new(false),
            polled_again: Cell::new(false),
            is_in_call: Cell::new(false),
        }
    }

    /// Whether something has been deferred since the last look.
    fn take_deferred(&self) -> bool {
        let before = Arc::strong_count(&self.count);
        let _ = pin!(yield_now()).poll(&mut Context::from_waker(&self.waker));
        (Arc::strong_count(&self.count) != before) | self.enclosing_deferred.take()
    }
}

fn take_deferred() -> bool {
    PROBE.try_with(Probe::take_deferred).unwrap_or(false)
}

/// Whether the scheduler here has kept back a wake-up since the last look. The call that looks next finds that, too.
pub(crate) fn peek_deferred() -> bool {
    let peek = |probe: &Probe| {
        let has_deferred = probe.take_deferred();
        probe
            .enclosing_deferred
            .set(has_deferred && probe.is_in_call.get());
        has_deferred
    };
    PROBE.try_with(peek).unwrap_or(false)
}

fn set_polled_again(polled_again: bool) {
    let _ = PROBE.try_with(|probe| probe.polled_again.set(polled_again));
}

/// A call that is polled here. It may be inside another one, for which it leaves all as it was when dropped.
pub(crate) struct ProbedCall {
    /// What has been deferred before is an enclosing call's business.
    enclosing_deferred: bool,
    polled_again: bool,
    is_nested: bool,
}

impl ProbedCall {
    /// To be called before the first poll.
    pub(crate) fn begin() -> Self {
        let polled_again = is_polled_again();
        set_polled_again(false);
        let is_nested = PROBE.try_with(|probe| probe.is_in_call.replace(true));
        let is_nested = is_nested.unwrap_or(false);
        ProbedCall {
            // The first look of all finds no waker of ours, which says nothing.
            enclosing_deferred: take_deferred() && is_nested,
            polled_again,
            is_nested,
        }
    }

    /// Goes on after the first poll: calls `poll` until it is true, and `park`, which returns when `parker` is woken, in
    /// between. `is_due` says that a wake-up of the first poll may have been missed.
    pub(crate) fn poll_to_end(
        &self,
        is_due: bool,
        parker: &Parker,
        mut poll: impl FnMut() -> bool,
        mut park: impl FnMut(),
    ) {
        let mut unprobed = 1;
        let mut is_due = is_due;
        loop {
            if take_deferred() | is_due {
                is_due = false;
                set_polled_again(true);
                // These polls are also for a wake-up that has come meanwhile.
                parker.forget();
            } else {
                unprobed = 1;
                set_polled_again(false);
                park();
            }
            for _ in 0..unprobed {
                if poll() {
                    return;
                }
            }
            unprobed = if is_polled_again() {
                MAX_UNPROBED_POLLS.min(unprobed * 2)
            } else {
                1
            };
        }
    }
}

impl Drop for ProbedCall {
    fn drop(&mut self) {
        let _ = PROBE.try_with(|probe| {
            // What this call has deferred is not the enclosing one's.
            probe.take_deferred();
            probe.enclosing_deferred.set(self.enclosing_deferred);
            probe.polled_again.set(self.polled_again);
            probe.is_in_call.set(self.is_nested);
        });
    }
}

/// Whether the call's future is being polled without a wake-up.
#[inline]
pub(crate) fn is_polled_again() -> bool {
    PROBE
        .try_with(|probe| probe.polled_again.get())
        .unwrap_or(false)
}
