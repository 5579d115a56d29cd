//! How a thread parks for a call: what it does meanwhile, and what it reports if the call takes long.

use crate::context::Place;
use crate::dispatch::end_with_runtime::EndWithRuntime;
use crate::park::parker::Parker;
use crate::process::process;
use crate::runtimes::crew::Crew;
use std::cell::{Cell, OnceCell};
use std::panic::Location;
use std::thread;
use std::time::{Duration, Instant};
use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::task::JoinHandle;

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

/// How long a call may hold home, or wait for a runtime that perhaps nobody drives, before we report it.
const REPORT_HELD_AFTER: Duration = Duration::from_secs(2);

/// How long a call may wait on a thread that drives a current-thread runtime before we report it.
const REPORT_DRIVER_AFTER: Duration = Duration::from_secs(10);

/// Clocks are not exact.
const MIN_PAUSE: Duration = Duration::from_millis(1);

/// Workers of ours for which a call waits.
#[derive(Clone, Copy)]
pub(crate) enum Workers<'a> {
    Crew(&'a Crew),
    Background,
}

/// The waits of one call that parks.
pub(crate) struct Watch<'a> {
    site: &'static Location<'static>,
    place: Place,
    workers: Option<Workers<'a>>,
    /// The runtime that the user has lent to this call by its handle.
    lent: Option<&'a Handle>,
    /// Ends the call when the runtime that it is made in shuts down.
    ending: Option<EndWithRuntime>,
    /// When the call has parked for the first time.
    since: Cell<Option<Instant>>,
    /// A task in the lent runtime: if it completes, somebody drives that runtime.
    sign_of_life: OnceCell<JoinHandle<()>>,
    next_report: Cell<Option<Duration>>,
    /// When a worker's core is handed over again.
    next_hand_off: Cell<Option<Instant>>,
}

impl<'a> Watch<'a> {
    /// Watches the call made at `site`, in `place`.
    pub(crate) fn new(
        site: &'static Location<'static>,
        place: Place,
        workers: Option<Workers<'a>>,
        lent: Option<&'a Handle>,
        ending: Option<EndWithRuntime>,
    ) -> Self {
        let lent =
            lent.filter(|runtime| matches!(runtime.runtime_flavor(), RuntimeFlavor::CurrentThread));
        let patience = match place {
            _ if lent.is_some() => Some(REPORT_HELD_AFTER),
            Place::DriverOfHome => Some(REPORT_HELD_AFTER),
            Place::Driver | Place::NestedDriver => Some(REPORT_DRIVER_AFTER),
            _ => None,
        };
        Watch {
            site,
            place,
            workers,
            lent,
            ending,
            since: Cell::new(None),
            next_hand_off: Cell::new(
                (place == Place::Worker).then(|| Instant::now() + HAND_OFF_AGAIN_AFTER),
            ),
            sign_of_life: OnceCell::new(),
            next_report: Cell::new(patience),
        }
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
            let next_report = self.next_report.get().map(|due| since + due);
            let next_sentinel = self.until_sentinel(parker, waited).map(|left| now + left);
            let all = [
                next_worker_wake,
                next_report,
                next_sentinel,
                self.next_hand_off.get(),
            ];
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
            self.report(now - since);
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

    /// Reports the call if it is due, having waited for `waited`.
    fn report(&self, waited: Duration) {
        if self.next_report.get().is_none_or(|due| waited < due) {
            return;
        }
        let site = self.site;
        let text = match (self.lent, self.place) {
            (Some(runtime), _) => match self.sign_of_life.get() {
                None => {
                    let _ = self.sign_of_life.set(runtime.spawn(async {}));
                    self.next_report.set(Some(waited + REPORT_HELD_AFTER));
                    return;
                }
                Some(sign) if sign.is_finished() => None,
                Some(_) => Some(format!(
                    "the blocking call at {site} waits for a current-thread runtime that nobody drives: it was lent by \
                     its `Handle`; lend the `Runtime` itself (`runtime = self.runtime`), which the call then drives, \
                     or leave `runtime` out"
                )),
            },
            (None, Place::DriverOfHome) => Some(format!(
                "the blocking call at {site} was made in a task that another blocking call has spawned, and has held up \
                 all such tasks for {REPORT_HELD_AFTER:?}; `.await` the async fn there"
            )),
            (None, place) => Some(format!(
                "the blocking call at {site} has waited for {} s on the thread `{}` ({}); if it waits for something that \
                 only that thread can deliver, it waits for ever: `.await` the async fn there, or give it a `timeout`",
                waited.as_secs(),
                thread::current().name().unwrap_or("?"),
                place.context(),
            )),
        };
        self.next_report.set(None);
        if let Some(text) = text {
            process().reports.report_once(site, &text);
        }
    }
}
