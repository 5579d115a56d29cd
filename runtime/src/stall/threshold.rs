//! How long a call may wait before it is reported.

use crate::context::Place;
use crate::fork;
use crate::settings::{Settings, StallAfter};
#[cfg(feature = "testing")]
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

/// On a thread that others may be waiting for: that of a current-thread runtime, or a worker.
const OF_DRIVER: Duration = Duration::from_secs(10);

/// Elsewhere. Many a call waits for its peer for half a minute.
const ELSEWHERE: Duration = Duration::from_secs(60);

/// In a child of a fork, where a call may wait for what it has inherited.
const IN_CHILD: Duration = Duration::from_secs(5);

/// Where no doubt is left: for a call that holds home, a lent runtime that nobody drives, or our own runtimes.
const CERTAIN: Duration = Duration::from_secs(2);

/// While a test of [`testing`](crate::testing) runs.
#[cfg(feature = "testing")]
const IN_TESTS: Duration = Duration::from_secs(1);

/// How many such tests run.
#[cfg(feature = "testing")]
static TESTS: AtomicUsize = AtomicUsize::new(0);

/// Lowers the thresholds of calls that begin to wait before it is dropped.
#[cfg(feature = "testing")]
pub(crate) struct ForTests(());

#[cfg(feature = "testing")]
impl ForTests {
    pub(crate) fn begin() -> Self {
        TESTS.fetch_add(1, Relaxed);
        ForTests(())
    }
}

#[cfg(feature = "testing")]
impl Drop for ForTests {
    fn drop(&mut self) {
        TESTS.fetch_sub(1, Relaxed);
    }
}

/// How long a call made in `place` may wait. `None` if none is to be reported.
pub(crate) fn of(place: Place, settings: &Settings) -> Option<Duration> {
    let default = match place {
        Place::DriverOfHome => CERTAIN,
        _ if fork::depth() > 0 => IN_CHILD,
        Place::Driver | Place::NestedDriver | Place::Worker => OF_DRIVER,
        Place::Plain | Place::Nested | Place::Beside | Place::Served | Place::ThreadExit => {
            ELSEWHERE
        }
        #[cfg(feature = "fiber")]
        Place::Fiber => ELSEWHERE,
    };
    match settings.stall_after {
        StallAfter::Off => None,
        StallAfter::All(threshold) => Some(threshold),
        StallAfter::Default => Some(for_tests(default)),
    }
}

/// The threshold where no doubt is left.
pub(crate) fn certain(settings: &Settings) -> Option<Duration> {
    match settings.stall_after {
        StallAfter::Off => None,
        StallAfter::All(threshold) => Some(CERTAIN.min(threshold)),
        StallAfter::Default => Some(for_tests(CERTAIN)),
    }
}

#[cfg(feature = "testing")]
fn for_tests(default: Duration) -> Duration {
    match TESTS.load(Relaxed) {
        0 => default,
        _ => default.min(IN_TESTS),
    }
}

#[cfg(not(feature = "testing"))]
fn for_tests(default: Duration) -> Duration {
    default
}
