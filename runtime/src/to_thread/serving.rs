//! The task's side of a [`Service`](crate::serve): what it has been lent, and how it leaves.

use crate::context::{Entered, Place};
use crate::dispatch::served::finish_here;
use crate::fork::Borrowing;
use crate::process::{Present, process};
use crate::serve::Polling;
use crate::serve::bell::Listener;
use crate::serve::hub::{Fate, Stage};
use crate::serve::lent::{HeldJob, Service};
use std::any::Any;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::task::Context;
use std::thread;
use tokio::runtime::Handle;

/// Serves the calls of some code. Dropped before it has left, it ends them.
pub(super) struct Serving {
    service: Arc<Service>,
    listener: Listener,
    /// What is being polled, in the order in which it came.
    held: Vec<HeldJob>,
    has_left: bool,
}

impl Serving {
    pub(super) fn new(is_local: bool) -> Self {
        Serving {
            service: Arc::new(Service::new(is_local)),
            listener: Listener::default(),
            held: Vec::new(),
            has_left: false,
        }
    }

    pub(super) fn service(&self) -> &Arc<Service> {
        &self.service
    }

    /// Polls all calls.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>) {
        let Serving {
            service,
            listener,
            held,
            ..
        } = self;
        assert!(
            !service.is_of_parent(),
            "the process was forked while a task served code on another thread, which is not in the child"
        );
        service.hub.take(listener, cx.waker(), held);
        if held.is_empty() {
            return;
        }
        let process = process();
        let _entered = enter(&process);
        let _polling = Polling::begin(service);
        let _borrowing = Borrowing::begin();
        let mut index = 0;
        while let Some(next) = held.get_mut(index) {
            if next.job.poll(cx).is_ready() {
                held.remove(index).settle(Fate::Done);
            } else {
                index += 1;
            }
        }
    }

    /// Serves no new calls, since the code has returned. What other threads wait for they get back, but for futures that only
    /// this task may have: false while there are such.
    pub(super) fn leave(&mut self) -> bool {
        if !self.has_left {
            self.has_left = true;
            self.give_back_posted(Stage::Left);
        }
        let (stays, returns): (Vec<_>, Vec<_>) = mem::take(&mut self.held)
            .into_iter()
            .partition(|held| held.job.has_begun && !held.job.sends());
        self.held = stays;
        returns
            .into_iter()
            .for_each(|held| held.settle(Fate::GivenBack));
        self.held.is_empty()
    }

    fn give_back_posted(&self, stage: Stage) {
        let posted = self.service.hub.leave(stage);
        posted
            .into_iter()
            .for_each(|held| held.settle(Fate::GivenBack));
    }

    /// Ends the calls that can be ended. Returns a panic of a future's drop.
    fn cancel(&mut self) -> Option<Box<dyn Any + Send>> {
        let stage = match self.has_left {
            true => Stage::Left,
            false => Stage::Cancelled,
        };
        self.give_back_posted(stage);
        if self.held.is_empty() {
            return None;
        }
        let process = process();
        let mut panic = None;
        let mut unended = Vec::new();
        {
            let _entered = enter(&process);
            let _polling = Polling::begin(&self.service);
            for mut held in mem::take(&mut self.held) {
                if held.job.is_endable {
                    panic = panic.or(held.job.drop_future());
                    held.settle(Fate::Ended);
                } else if held.job.sends() || !held.job.has_begun {
                    held.settle(Fate::GivenBack);
                } else {
                    unended.push(held);
                }
            }
        }
        // They may take their time.
        for mut held in unended {
            let site = held.job.site;
            let finish = AssertUnwindSafe(|| finish_here(site, &mut |cx| held.job.poll(cx)));
            match catch_unwind(finish) {
                Ok(()) => held.settle(Fate::Done),
                Err(another) => {
                    panic = panic.or(held.job.drop_future()).or(Some(another));
                    held.settle(Fate::Ended);
                }
            }
        }
        panic
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        if self.has_left && self.held.is_empty() {
            return;
        }
        if self.service.is_of_parent() {
            // Who waits for them is not in this process.
            return;
        }
        if let Some(panic) = self.cancel() {
            if !thread::panicking() {
                resume_unwind(panic);
            }
            mem::forget(panic);
        }
    }
}

/// Where the executor is not tokio's, the calls are polled in the crew's context, as they would be without a task to serve them.
fn enter(process: &Present) -> Option<Entered<'_>> {
    if Handle::try_current().is_ok() {
        return None;
    }
    let crew = process.crew().ok()?;
    Some(Entered::begin(crew.handle(), Place::Plain))
}
