//! Threads that drive runtimes whose own threads do something else.
//!
//! A keeper sits in one seat until that is claimed, so there are as many of them as there are runtimes that nobody drives.
//! One that is no longer needed waits for the next, and ends after a while.

use super::Home;
use super::steward::Steward;
use crate::own_thread::OwnThread;
use crate::settings::ThreadKind;
use crate::starter::Starter;
use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

pub(super) struct Keepers {
    starter: Arc<Starter>,
    steward: Arc<Steward<Home>>,
    jobs: Mutex<Jobs>,
    changed: Condvar,
}

#[derive(Default)]
struct Jobs {
    waiting: VecDeque<Arc<Home>>,
    idle_threads: usize,
    is_closed: bool,
}

impl Keepers {
    pub(super) fn new(starter: Arc<Starter>, steward: Arc<Steward<Home>>) -> Arc<Self> {
        Arc::new(Keepers {
            starter,
            steward,
            jobs: Mutex::new(Jobs::default()),
            changed: Condvar::new(),
        })
    }

    fn jobs(&self) -> MutexGuard<'_, Jobs> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Has one of them drive `home`. If no thread can be started for that, the steward will try again.
    pub(super) fn send(self: &Arc<Self>, home: Arc<Home>) {
        let mut jobs = self.jobs();
        if jobs.is_closed {
            return;
        }
        let has_idle = jobs.idle_threads > jobs.waiting.len();
        jobs.waiting.push_back(home);
        drop(jobs);
        if has_idle {
            self.changed.notify_one();
            return;
        }
        let (keepers, failed) = (Arc::clone(self), Arc::clone(self));
        let settings = self.starter.settings().thread(ThreadKind::Home);
        let started = self.starter.start_soon(
            settings,
            move || keepers.serve(),
            move |_| failed.take_back(),
        );
        if started.is_err() {
            self.take_back();
        }
    }

    /// There is one thread less than there are jobs.
    fn take_back(&self) {
        let home = self.jobs().waiting.pop_front();
        if let Some(home) = home {
            self.steward.leave(&home);
        }
    }

    /// Ends them, as soon as they leave their seats.
    pub(super) fn close(&self) {
        let waiting = {
            let mut jobs = self.jobs();
            jobs.is_closed = true;
            std::mem::take(&mut jobs.waiting)
        };
        drop(waiting);
        self.changed.notify_all();
    }

    /// The life of one of them.
    fn serve(&self) {
        let own = OwnThread::begin();
        while let Some(home) = self.next() {
            self.steward
                .keep(&home, || home.drive(home.ward.parker(), None));
            own.end_if_child();
        }
    }

    /// What it is to drive next. `None` if nothing has come for a while.
    fn next(&self) -> Option<Arc<Home>> {
        let keep_alive = self.starter.settings().keep_alive(ThreadKind::Home);
        let mut jobs = self.jobs();
        if jobs.waiting.is_empty() {
            jobs.idle_threads += 1;
            let is_idle = |jobs: &mut Jobs| jobs.waiting.is_empty() && !jobs.is_closed;
            let waited = self.changed.wait_timeout_while(jobs, keep_alive, is_idle);
            jobs = waited.unwrap_or_else(PoisonError::into_inner).0;
            jobs.idle_threads -= 1;
        }
        jobs.waiting.pop_front()
    }
}
