//! Whether our own runtimes still run tasks.
//!
//! A task that blocks plainly, or computes, holds its thread. On home that holds up every call there, and in the crew a few
//! of them hold up all. No caller can tell: some of them sleep, and one may be the thread that such a task runs on. So the
//! watcher gives the runtime an empty task now and then, and looks whether it has run.

use crate::own_task;
use std::time::{Duration, Instant};
use tokio::runtime::Handle;
use tokio::task::JoinHandle;

/// How long a call waits before we look at its runtime for the first time.
const FIRST: Duration = Duration::from_secs(1);

/// The longest time between two looks.
const MAX_PAUSE: Duration = Duration::from_secs(120);

/// Looks after one runtime.
#[derive(Default)]
pub(crate) struct Sign {
    sent: Option<(Instant, JoinHandle<()>)>,
    pause: Duration,
    next: Option<Instant>,
    is_reported: bool,
}

impl Sign {
    /// Looks at `runtime`, in which a call has been waiting for `oldest`. True if it has run no task for `patience`, and that
    /// has not been said. Also returns when to look again.
    pub(crate) fn look(
        &mut self,
        runtime: &Handle,
        now: Instant,
        oldest: Duration,
        patience: Duration,
    ) -> (bool, Instant) {
        let first = FIRST.min(patience);
        if oldest < first {
            *self = Sign::default();
            return (false, now + (first - oldest));
        }
        match self.sent.take() {
            Some((at, sign)) if !sign.is_finished() => {
                let waited = now.saturating_duration_since(at);
                self.sent = Some((at, sign));
                if waited < patience {
                    return (false, at + patience);
                }
                let is_new = !std::mem::replace(&mut self.is_reported, true);
                (is_new, now + self.lengthen(patience))
            }
            Some(_) => {
                self.is_reported = false;
                let next = now + self.lengthen(patience);
                self.next = Some(next);
                (false, next)
            }
            None => match self.next {
                Some(next) if now < next => (false, next),
                _ => {
                    self.sent = Some((now, own_task::spawn(runtime, async {})));
                    (false, now + patience)
                }
            },
        }
    }

    fn lengthen(&mut self, patience: Duration) -> Duration {
        self.pause = (self.pause * 2).clamp(patience, MAX_PAUSE.max(patience));
        self.pause
    }
}

/// Whether somebody drives a current-thread runtime that a call has been lent by its handle.
pub(crate) struct LentSign(JoinHandle<()>);

impl LentSign {
    pub(crate) fn send(runtime: &Handle) -> Self {
        LentSign(own_task::spawn(runtime, async {}))
    }

    pub(crate) fn has_come_back(&self) -> bool {
        self.0.is_finished()
    }
}
