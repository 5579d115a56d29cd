//! Which of sync-twin's two runtimes a call lives on.

use crate::report::Reports;
use std::env;
use std::sync::atomic::AtomicU8;
use std::sync::atomic::Ordering::Relaxed;

/// The environment variable that chooses for the process.
const VARIABLE: &str = "SYNC_TWIN_FLAVOR";

/// One of the two runtimes, or the rule that chooses by the caller's context.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Flavor {
    /// Home where the caller may drive it, else the crew.
    Auto = 1,
    /// Home.
    CurrentThread = 2,
    /// The crew.
    MultiThread = 3,
}

/// `flavor = "auto"`, which is the default.
#[must_use]
pub fn auto() -> Flavor {
    Flavor::Auto
}

/// `flavor = "current_thread"`
#[must_use]
pub fn current_thread() -> Flavor {
    Flavor::CurrentThread
}

/// `flavor = "multi_thread"`
#[must_use]
pub fn multi_thread() -> Flavor {
    Flavor::MultiThread
}

const NAMES: [(&str, Flavor); 3] = [
    ("auto", Flavor::Auto),
    ("current_thread", Flavor::CurrentThread),
    ("multi_thread", Flavor::MultiThread),
];

/// The choice for the process, as a number; 0 until it has been read.
static OF_PROCESS: AtomicU8 = AtomicU8::new(0);

impl Flavor {
    /// This one, or for [`Flavor::Auto`] the one that is set for the process.
    #[inline]
    pub(crate) fn resolve(self, reports: &Reports) -> Self {
        if self != Flavor::Auto {
            return self;
        }
        match OF_PROCESS.load(Relaxed) {
            1 => Flavor::Auto,
            2 => Flavor::CurrentThread,
            3 => Flavor::MultiThread,
            _ => Self::read(reports),
        }
    }

    #[cold]
    fn read(reports: &Reports) -> Self {
        let value = env::var(VARIABLE).unwrap_or_default();
        let found = NAMES.iter().find(|(name, _)| *name == value);
        let flavor = found.map_or(Flavor::Auto, |(_, flavor)| *flavor);
        let first = OF_PROCESS.swap(flavor as u8, Relaxed) == 0;
        if first && found.is_none() && !value.is_empty() {
            reports.report(&format!(
                "{VARIABLE} is `{value}`, but the flavors are `auto`, `current_thread` and `multi_thread`; using `auto`"
            ));
        }
        flavor
    }
}
