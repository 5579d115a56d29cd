//! Saying so when a call holds up sync-twin's own runtime.
//!
//! A task that a call has spawned on the home runtime runs on whatever thread is driving that. If it makes a
//! blocking call itself, nobody drives until the call has ended: all other calls that wait for the home runtime
//! wait for this one, and if it waits for one of them, for ever. No other thread can take over. So it is said.

use crate::home;
use crate::parker::Parker;
use crate::round;
use std::cell::Cell;
use std::panic::Location;
use std::time::{Duration, Instant};

/// How long a call may hold up the home runtime before that is said.
const PATIENCE: Duration = Duration::from_secs(2);

/// Watches over one call on a Driver thread.
pub(crate) struct Stall {
    caller: &'static Location<'static>,
    /// When to say it; never if the thread drives another runtime, or it has been said.
    due: Cell<Option<Instant>>,
}

impl Stall {
    #[track_caller]
    pub(crate) fn watch() -> Self {
        // What this thread has put off as a driver must not wait for this call.
        round::catch_up();
        Stall {
            caller: Location::caller(),
            due: Cell::new(home::is_current().then(|| Instant::now() + PATIENCE)),
        }
    }

    /// As [`Parker::park`].
    pub(crate) fn park(&self, parker: &Parker) {
        match self.due.get() {
            Some(due) => {
                let left = due.saturating_duration_since(Instant::now());
                if !parker.park_timeout(left) {
                    self.check();
                }
            }
            None => parker.park(),
        }
    }

    /// Says it if it is time to.
    pub(crate) fn check(&self) {
        if self.due.get().is_some_and(|due| due <= Instant::now()) {
            self.due.set(None);
            eprintln!(
                "sync-twin: the blocking call at {} was made in a task that a blocking call has spawned, and has \
                 held up all such tasks for {PATIENCE:?}; `.await` the async fn there",
                self.caller
            );
        }
    }
}
