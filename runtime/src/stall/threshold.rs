//! How long a call may wait before it is reported.

use crate::context::Place;
use crate::fork;
use crate::report::Reports;
use std::env;
use std::sync::OnceLock;
#[cfg(feature = "testing")]
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

/// The environment variable that sets it for the process, in milliseconds or to `off`.
const VARIABLE: &str = "SYNC_TWIN_STALL";

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

#[derive(Clone, Copy)]
enum Setting {
    Default,
    Off,
    All(Duration),
}

/// How long a call made in `place` may wait. `None` if none is to be reported.
pub(crate) fn of(place: Place, reports: &Reports) -> Option<Duration> {
    let default = match place {
        Place::DriverOfHome => CERTAIN,
        _ if fork::depth() > 0 => IN_CHILD,
        Place::Driver | Place::NestedDriver | Place::Worker => OF_DRIVER,
        Place::Plain | Place::Nested | Place::Beside | Place::ThreadExit => ELSEWHERE,
    };
    match Setting::of_process(reports) {
        Setting::Off => None,
        Setting::All(threshold) => Some(threshold),
        Setting::Default => Some(for_tests(default)),
    }
}

/// The threshold where no doubt is left.
pub(crate) fn certain(reports: &Reports) -> Option<Duration> {
    match Setting::of_process(reports) {
        Setting::Off => None,
        Setting::All(threshold) => Some(CERTAIN.min(threshold)),
        Setting::Default => Some(for_tests(CERTAIN)),
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

impl Setting {
    fn of_process(reports: &Reports) -> Self {
        static OF_PROCESS: OnceLock<Setting> = OnceLock::new();
        *OF_PROCESS.get_or_init(|| {
            let value = env::var(VARIABLE).unwrap_or_default();
            match value.parse() {
                Ok(milliseconds) => Setting::All(Duration::from_millis(milliseconds)),
                Err(_) if value == "off" => Setting::Off,
                Err(_) => {
                    if !value.is_empty() {
                        reports.report(&format!(
                            "{VARIABLE} is `{value}`, but it takes a number of milliseconds, or `off`; using the default"
                        ));
                    }
                    Setting::Default
                }
            }
        })
    }
}
