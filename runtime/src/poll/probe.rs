//! Polling on a thread whose scheduler defers wake-ups, without losing one and without waking in vain.
//!
//! On the thread that drives a current-thread runtime, `yield_now` *defers* its waker, and so does an operation that has used
//! up its coop budget. The waker goes to a list of the scheduler's, which is served only when the thread returns to the
//! scheduler, after the call. So the call has to know whether its future has deferred a waker, and poll it again if so.
//!
//! The list shows that. The scheduler drops a waker that equals the last one in the list, and clones any other into it. We
//! put a waker of our own there, by polling a `yield_now` once with it, before the future is polled, and again afterwards. If
//! the second time clones it, ours was no longer the last one: something was deferred in between. This costs 2 ns, and never
//! wakes an idle call.
//!
//! Each look that finds something leaves a waker in the list until the call ends. So after that the future is polled several
//! times between looks, up to [`MAX_UNPROBED_POLLS`] times.
//!
//! One case this cannot mend. A set of futures that polls only its woken children is polled again, but a child whose waker
//! was deferred is not. [`is_polled_again`] and [`peek_deferred`] tell such a set, and
//! [`batch`](crate::batch()) asks.
//!
//! For any other set, such a call is reported. That the deferred waker was not the call's own is seen as follows: the future is
//! polled again with another waker, which a future that is polled puts in the place of the one before. If nobody has that
//! one any more, the scheduler's list has not got it either, and so it has got a child's.

use crate::park::parker::Parker;
use std::cell::Cell;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Wake, Waker};
use tokio::task::yield_now;

/// The most polls between two looks, once something has been deferred.
const MAX_UNPROBED_POLLS: u32 = 64;

/// A waker that only counts its clones, by the count of its `Arc`.
struct CloneCounter;

impl Wake for CloneCounter {
    fn wake(self: Arc<Self>) {}

    fn wake_by_ref(self: &Arc<Self>) {}
}

struct Probe {
    /// Counts the clones of the waker.
    count: Arc<CloneCounter>,
    waker: Waker,
    /// Whether enclosing calls have deferred something that they have not found yet.
    enclosing_deferred: Cell<bool>,
    /// Whether the current poll has no wake-up as its cause.
    polled_again: Cell<bool>,
    /// Whether the thread is in a [`ProbedCall`], which takes what has been deferred.
    is_in_call: Cell<bool>,
    /// Whether the call's future has asked whether it is polled again, and so takes care of its children.
    has_asked: Cell<bool>,
}

thread_local! {
    static PROBE: Probe = Probe::new();
}

impl Probe {
    fn new() -> Self {
        let count = Arc::new(CloneCounter);
        let mut waker = Waker::from(Arc::clone(&count));
        // A clone may have another vtable than its original, and then the two are not equal. A clone of the clone has the
        // same one.
        for _ in 0..2 {
            waker = waker.clone();
        }
        Probe {
            count,
            waker,
            enclosing_deferred: Cell::new(false),
            polled_again: Cell::new(false),
            is_in_call: Cell::new(false),
            has_asked: Cell::new(false),
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

/// Whether the scheduler here has deferred a wake-up since the last look. The next look finds it too.
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

/// A call that is polled here. It may be inside another call, for which it restores everything when dropped.
pub(crate) struct ProbedCall {
    /// Whether something was deferred before this call. That is for the enclosing call to find.
    enclosing_deferred: bool,
    polled_again: bool,
    has_asked: bool,
    is_nested: bool,
    /// Whether nobody but the call had its parker's waker before the first poll.
    is_own: Cell<bool>,
}

impl ProbedCall {
    /// Must be called before the first poll, with the parker of the call: notes whether anybody else has its waker.
    pub(crate) fn watch(&self, parker: &Parker) {
        self.is_own.set(parker.other_wakers() == 0);
    }

    /// Must be called before the first poll.
    pub(crate) fn begin() -> Self {
        let polled_again = polled_again();
        set_polled_again(false);
        let has_asked = PROBE.try_with(|probe| probe.has_asked.replace(false));
        let is_nested = PROBE.try_with(|probe| probe.is_in_call.replace(true));
        let is_nested = is_nested.unwrap_or(false);
        ProbedCall {
            // The first look of all finds no waker of ours, which says nothing.
            enclosing_deferred: take_deferred() && is_nested,
            polled_again,
            has_asked: has_asked.unwrap_or(false),
            is_nested,
            is_own: Cell::new(false),
        }
    }

    /// Goes on after the first poll: calls `poll` until it returns true, and in between `park`, which returns when `parker`
    /// is woken. `is_due` says that a wake-up of the first poll may have been missed. Calls `on_lost` when the scheduler has
    /// kept back the wake-up of a child, in which case the future may wait for ever.
    pub(crate) fn poll_to_end(
        &self,
        is_due: bool,
        parker: &Parker,
        mut poll: impl FnMut(&Waker) -> bool,
        mut park: impl FnMut(),
        on_lost: impl Fn(),
    ) {
        let mut unprobed = 1;
        let mut is_due = is_due;
        // The waker of the last poll, as long as we know who else has it.
        let mut own = self.is_own.get().then(|| Own::Parker);
        let mut looks = 0;
        loop {
            if take_deferred() | is_due {
                is_due = false;
                set_polled_again(true);
                // These polls also answer a wake-up that has come meanwhile.
                parker.take();
                if let Some(before) = own.take().filter(|_| looks < MAX_LOOKS && !has_asked()) {
                    looks += 1;
                    let now = Own::relay(parker);
                    if poll(now.waker(parker)) {
                        return;
                    }
                    if before.is_nobody_elses(parker) && !has_asked() {
                        on_lost();
                    }
                    own = Some(now);
                    continue;
                }
            } else {
                unprobed = 1;
                set_polled_again(false);
                park();
            }
            for _ in 0..unprobed {
                let waker = own.as_ref().map_or(parker.waker(), |own| own.waker(parker));
                if poll(waker) {
                    return;
                }
            }
            unprobed = if polled_again() {
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
            // What this call has deferred does not concern the enclosing call.
            probe.take_deferred();
            probe.enclosing_deferred.set(self.enclosing_deferred);
            probe.polled_again.set(self.polled_again);
            probe.is_in_call.set(self.is_nested);
            probe.has_asked.set(self.has_asked);
        });
    }
}

/// Whether the call's future is being polled without a wake-up as the cause. Whoever asks sees to it that all that this
/// future consists of is polled then.
#[inline]
pub(crate) fn is_polled_again() -> bool {
    let _ = PROBE.try_with(|probe| probe.has_asked.set(true));
    polled_again()
}

fn polled_again() -> bool {
    PROBE
        .try_with(|probe| probe.polled_again.get())
        .unwrap_or(false)
}

fn has_asked() -> bool {
    PROBE
        .try_with(|probe| probe.has_asked.get())
        .unwrap_or(false)
}

/// How often a call looks whose wake-up has been deferred.
const MAX_LOOKS: u32 = 8;

/// A waker of a call whose clones we can count.
enum Own {
    /// That of the parker.
    Parker,
    Relay(Arc<Relay>, Waker),
}

/// Wakes the parker.
struct Relay(Waker);

impl Wake for Relay {
    fn wake(self: Arc<Self>) {
        self.0.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.0.wake_by_ref();
    }
}

impl Own {
    /// Another one.
    fn relay(parker: &Parker) -> Self {
        let relay = Arc::new(Relay(parker.waker().clone()));
        let waker = Waker::from(Arc::clone(&relay));
        Own::Relay(relay, waker)
    }

    fn waker<'a>(&'a self, parker: &'a Parker) -> &'a Waker {
        match self {
            Own::Parker => parker.waker(),
            Own::Relay(_, waker) => waker,
        }
    }

    /// Whether neither the future nor the scheduler has it. The next relay has one of the parker's.
    fn is_nobody_elses(&self, parker: &Parker) -> bool {
        match self {
            Own::Parker => parker.other_wakers() == 1,
            Own::Relay(relay, _) => Arc::strong_count(relay) == 2,
        }
    }
}
