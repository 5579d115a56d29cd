//! Figures about all calls of the process.

use crate::calls::{Counts, Strategy};
use crate::context::{Context, Place};
use std::fmt;
use std::time::Duration;

/// Figures about the blocking calls of the process. [`metrics`](crate::metrics) returns them.
#[derive(Clone, Debug)]
pub struct Metrics {
    pub(crate) counts: Counts,
    pub(crate) blocked_now: usize,
    pub(crate) time_blocked: Duration,
    pub(crate) isolation_threads: usize,
    pub(crate) idle_isolation_threads: usize,
    pub(crate) thread_runtimes: usize,
    pub(crate) idle_thread_runtimes: usize,
    pub(crate) retired_homes: usize,
}

impl Metrics {
    /// How many calls have been made in `context` with `strategy`, those that are ready at once among them.
    ///
    /// Everything that waits is a call: a twin, `block_on`, a batch that is run, a `next` of an iterator, a join.
    #[must_use]
    pub fn calls(&self, context: Context, strategy: Strategy) -> u64 {
        let places = Place::ALL.iter().filter(|place| place.context() == context);
        places
            .map(|&place| self.counts[place as usize][strategy as usize])
            .sum()
    }

    /// How many calls have been made in all.
    #[must_use]
    pub fn all_calls(&self) -> u64 {
        self.counts.iter().flatten().sum()
    }

    /// How many calls wait now: as many as [`blocked_calls`](crate::blocked_calls) lists.
    #[must_use]
    pub fn blocked_now(&self) -> usize {
        self.blocked_now
    }

    /// The time that all threads together have been blocked in calls that had to wait, those that still do included.
    #[must_use]
    pub fn time_blocked(&self) -> Duration {
        self.time_blocked
    }

    /// How many isolation threads there are, idle ones included.
    #[must_use]
    pub fn isolation_threads(&self) -> usize {
        self.isolation_threads
    }

    /// How many of them have no call to run.
    #[must_use]
    pub fn idle_isolation_threads(&self) -> usize {
        self.idle_isolation_threads
    }

    /// How many runtimes of single threads there are (`flavor = "per_thread"`), those that no thread has among them.
    #[must_use]
    pub fn thread_runtimes(&self) -> usize {
        self.thread_runtimes
    }

    /// How many of them no thread has: their threads have ended, and the next ones take them over.
    #[must_use]
    pub fn idle_thread_runtimes(&self) -> usize {
        self.idle_thread_runtimes
    }

    /// How often home had to be replaced, or the runtime of a thread, since a waker has panicked in its driver, or a call
    /// has paused its clock.
    #[must_use]
    pub fn retired_homes(&self) -> usize {
        self.retired_homes
    }
}

impl fmt::Display for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "blocking calls: {}", self.all_calls())?;
        for &context in Context::ALL {
            for &strategy in Strategy::ALL {
                let calls = self.calls(context, strategy);
                if calls > 0 {
                    writeln!(f, "  {context}, {strategy}: {calls}")?;
                }
            }
        }
        writeln!(f, "blocked now: {}", self.blocked_now)?;
        writeln!(f, "time blocked: {:?}", self.time_blocked)?;
        writeln!(
            f,
            "isolation threads: {}, idle: {}",
            self.isolation_threads, self.idle_isolation_threads
        )?;
        if self.thread_runtimes > 0 {
            writeln!(
                f,
                "runtimes of single threads: {}, idle: {}",
                self.thread_runtimes, self.idle_thread_runtimes
            )?;
        }
        write!(f, "retired homes: {}", self.retired_homes)
    }
}
