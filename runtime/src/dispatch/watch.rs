//! How a thread parks for a call, and what it does meanwhile.

use crate::context::Place;
use crate::dispatch::end_with_runtime::EndWithRuntime;
use crate::park::parker::Parker;
use crate::process::process;
use crate::runtimes::crew::Crew;
use std::cell::Cell;
use std::panic::Location;
use std::time::{Duration, Instant};

/// When a call that waits for our workers first wakes one of them; then after twice the time each.
///
/// A worker of tokio's that comes back from the driver with a single task does not wake another worker. If that task
/// blocks, nobody polls the driver, though other workers are idle. A spawn from outside wakes an idle worker, which
/// then polls the driver.
const FIRST_WORKER_WAKE: Duration = Duration::from_millis(10);

/// When a worker that waits makes sure that a thread has taken over what it has handed over.
const HAND_OFF_AGAIN_AFTER: Duration = Duration::from_millis(10);

/// The longest time between two such spawns.
const MAX_WORKER_WAKE: Duration = Duration::from_secs(60);

/// Clocks are not exact.
const MIN_PAUSE: Duration = Duration::from_millis(1);

/// How many polls in a row a call may have without a wait in between. Every wait gives the driver of its runtime a turn, which
/// costs several times what a poll does; a future that wakes itself may wait for one.
const MAX_POLLS_IN_A_ROW: u32 = 32;

/// Workers of ours for which a call waits.
#[derive(Clone, Copy)]
pub(crate) enum Workers<'a> {
    Crew(&'a Crew),
    Background,
}

/// The waits of one call that parks.
pub(crate) struct Watch<'a> {
    site: &'static Location<'static>,
    workers: Option<Workers<'a>>,
    /// Ends the call when the runtime that it is made in shuts down.
    ending: Option<EndWithRuntime>,
    /// When the call has parked for the first time.
    since: Cell<Option<Instant>>,
    /// When a worker's core is handed over again.
    next_hand_off: Cell<Option<Instant>>,
    polls_in_a_row: Cell<u32>,
}

impl<'a> Watch<'a> {
    /// Watches the call made at `site`, in `place`.
    pub(crate) fn new(
        site: &'static Location<'static>,
        place: Place,
        workers: Option<Workers<'a>>,
        ending: Option<EndWithRuntime>,
    ) -> Self {
        Watch {
            site,
            workers,
            ending,
            since: Cell::new(None),
            next_hand_off: Cell::new(
                (place == Place::Worker).then(|| Instant::now() + HAND_OFF_AGAIN_AFTER),
            ),
            polls_in_a_row: Cell::new(0),
        }
    }

    /// Whether there is no need to wait, since `parker` has been woken before.
    pub(crate) fn is_woken_before(&self, parker: &Parker) -> bool {
        let polls = self.polls_in_a_row.get();
        let is_woken = polls < MAX_POLLS_IN_A_ROW && parker.take();
        self.polls_in_a_row
            .set(if is_woken { polls + 1 } else { 0 });
        is_woken
    }

    /// Sleeps until `parker` is woken, or the crew has crashed. On a worker it returns false, once, if that takes long: its
    /// core may be waiting for a thread, so that it has to be handed over again.
    pub(crate) fn park(&self, parker: &Parker) -> bool {
        let mut now = Instant::now();
        let mut waited = self.since.get().map(|since| now - since);
        let since = self.since.get().unwrap_or(now);
        self.since.set(Some(since));
        let mut worker_pause = FIRST_WORKER_WAKE;
        let mut next_worker_wake = self.workers.map(|_| now + worker_pause);
        loop {
            let next_sentinel = self.until_sentinel(parker, waited).map(|left| now + left);
            let all = [next_worker_wake, next_sentinel, self.next_hand_off.get()];
            let Some(next) = all.into_iter().flatten().min() else {
                parker.park();
                return true;
            };
            // Not nothing: one that is just not due is waited for.
            let pause = next.saturating_duration_since(now).max(MIN_PAUSE);
            if parker.park_timeout(pause) {
                return true;
            }
            now = Instant::now();
            waited = Some(now - since);
            if next_worker_wake.is_some_and(|due| due <= now) {
                if let Some(Workers::Crew(crew)) = self.workers {
                    if crew.has_crashed() {
                        return true;
                    }
                }
                process().wake_idle_workers();
                worker_pause = MAX_WORKER_WAKE.min(worker_pause * 2);
                next_worker_wake = Some(now + worker_pause);
            }
            if self.takes_hand_off() {
                return false;
            }
        }
    }

    /// When a worker's core is to be handed over again.
    pub(crate) fn hand_off_again_at(&self) -> Option<Instant> {
        self.next_hand_off.get()
    }

    /// Whether that is now. It is so once.
    pub(crate) fn takes_hand_off(&self) -> bool {
        let is_due = |due| due <= Instant::now();
        let is_due = self.next_hand_off.get().is_some_and(is_due);
        if is_due {
            self.next_hand_off.set(None);
        }
        is_due
    }

    /// How long it is until a sentinel is to look after the call, which it does from here on if that is now.
    fn until_sentinel(&self, parker: &Parker, waited: Option<Duration>) -> Option<Duration> {
        let ending = self.ending.as_ref()?;
        let left = ending.until_sentinel(waited)?;
        if left.is_zero() {
            ending.register(parker.waker());
            ending.end_if_due(self.site);
            return None;
        }
        Some(left)
    }

    /// Gives the call a sentinel at once if it is in a task: nobody reads the clock while the thread drives.
    pub(crate) fn register_now(&self, parker: &Parker) {
        if let Some(ending) = self.ending.as_ref().filter(|ending| ending.unwinds()) {
            ending.register(parker.waker());
            ending.end_if_due(self.site);
        }
    }

    /// Ends the call if its runtime has been shut down.
    pub(crate) fn end_if_due(&self) {
        if let Some(ending) = &self.ending {
            ending.end_if_due(self.site);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{MAX_POLLS_IN_A_ROW, Watch};
    use crate::context::Place;
    use crate::park::parker::Parker;
    use std::panic::Location;

    #[test]
    fn a_future_that_wakes_itself_waits_now_and_then() {
        let watch = Watch::new(Location::caller(), Place::Plain, None, None);
        let parker = Parker::new();
        assert!(!watch.is_woken_before(&parker));
        for _ in 0..2 {
            for _ in 0..MAX_POLLS_IN_A_ROW {
                parker.waker().wake_by_ref();
                assert!(watch.is_woken_before(&parker));
            }
            parker.waker().wake_by_ref();
            assert!(!watch.is_woken_before(&parker));
            assert!(parker.take(), "it is left for the wait");
        }
    }
}
