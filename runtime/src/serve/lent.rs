//! A call that its caller lends to the task that serves it.
//!
//! The call is a value on the caller's stack: what builds its future, the future, and what comes out. The task gets a reference
//! to it whose lifetime is erased, and the caller neither returns nor unwinds before it has it back ([`Loan`]). So nothing is
//! allocated for it, and the arguments may borrow from the caller.

use crate::fork;
use crate::park::parker::Parker;
use crate::serve::hub::{Fate, Held, Hub, Stage, Ticket};
use std::any::Any;
use std::mem;
use std::panic::Location;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

/// A call that somebody else polls.
pub(crate) trait ServedCall {
    /// Polls its future, which the first poll builds. When it is ready, its output has been stored and it has been dropped. A
    /// panic is such an output.
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()>;

    /// Drops its future, if it has been built. Returns what the drop has panicked with.
    fn drop_future(self: Pin<&mut Self>) -> Option<Box<dyn Any + Send>>;
}

/// A [`ServedCall`], and what is known of its future.
pub(crate) struct Lent<'a> {
    call: Pin<&'a mut (dyn ServedCall + 'a)>,
    sends: bool,
}

// SAFETY: if the future is `Send`, all of the call is (see `new`). If nobody knows, the call consists of what is `Send` as long as
// the future has not been built. It is polled only by a task that serves such calls, which is not `Send` itself: so the
// thread that builds the future polls it, and drops it or sees it drop itself. After that the call is `Send` again, and goes back.
unsafe impl Send for Lent<'_> {}

impl<'a> Lent<'a> {
    /// `sends` says that the future is `Send`.
    ///
    /// # Safety
    ///
    /// All of the call but its future is `Send`, and if `sends`, the future is.
    pub(crate) unsafe fn new(call: Pin<&'a mut (dyn ServedCall + 'a)>, sends: bool) -> Self {
        Lent { call, sends }
    }
}

/// What the task gets.
pub(crate) struct Job {
    lent: Lent<'static>,
    /// The caller can be ended by unwinding.
    pub(crate) is_endable: bool,
    pub(crate) has_begun: bool,
    /// Where the call is made.
    pub(crate) site: &'static Location<'static>,
}

impl Job {
    pub(crate) fn sends(&self) -> bool {
        self.lent.sends
    }

    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.has_begun = true;
        self.lent.call.as_mut().poll(cx)
    }

    pub(crate) fn drop_future(&mut self) -> Option<Box<dyn Any + Send>> {
        self.lent.call.as_mut().drop_future()
    }
}

/// The calls of some code, and the task that serves them.
pub(crate) struct Service {
    pub(crate) hub: Hub<Job>,
    /// It also serves calls whose futures are not `Send`.
    pub(crate) is_local: bool,
    /// How many forks deep the process was when it began. In a child there is no such task.
    depth: usize,
}

impl Service {
    pub(crate) fn new(is_local: bool) -> Self {
        Service {
            hub: Hub::new(),
            is_local,
            depth: fork::depth(),
        }
    }

    pub(crate) fn is_of_parent(&self) -> bool {
        self.depth != fork::depth()
    }

    /// Lends `call` to the task, and waits by `wait` until it is settled. Fails if the task does not serve any more.
    ///
    /// A call whose future may not be `Send` must be lent only if the service is local.
    pub(crate) fn lend(
        &self,
        lent: Lent<'_>,
        is_endable: bool,
        site: &'static Location<'static>,
        wait: impl FnOnce(&mut Loan<'_>),
    ) -> Result<Fate, Stage> {
        assert!(self.is_local || lent.sends);
        // SAFETY: only the lifetime is erased. The task uses the job until it settles its ticket, and nobody else has it. This
        // fn returns, or unwinds, only when the `Loan` has been dropped, which waits until the ticket is settled or has
        // withdrawn the job: until then, the borrow from which this reference is made has not ended.
        let lent = unsafe { mem::transmute::<Lent<'_>, Lent<'static>>(lent) };
        let job = Job {
            lent,
            is_endable,
            has_begun: false,
            site,
        };
        let parker = Parker::lend();
        let ticket = self.hub.post(job, parker.waker())?;
        let mut loan = Loan {
            service: self,
            ticket,
            parker: &parker,
            fate: None,
        };
        self.hub.ring();
        wait(&mut loan);
        Ok(loan.wait_to_end())
    }
}

/// A call that is out of its caller's hands. Dropped, it waits until it is back.
pub(crate) struct Loan<'a> {
    service: &'a Service,
    ticket: Arc<Ticket>,
    parker: &'a Parker,
    fate: Option<Fate>,
}

impl<'a> Loan<'a> {
    /// Wakes the one that waits.
    pub(crate) fn waker(&self) -> &'a Waker {
        self.parker.waker()
    }

    /// Waits by `park`, which returns when its parker is woken. False, before the call is back, if `park` has returned false.
    pub(crate) fn wait(&mut self, mut park: impl FnMut(&Parker) -> bool) -> bool {
        while self.fate.is_none() {
            self.fate = self.ticket.fate();
            if self.fate.is_none() && !park(self.parker) {
                return false;
            }
        }
        true
    }

    fn wait_to_end(&mut self) -> Fate {
        self.wait(|parker| {
            parker.park();
            true
        });
        self.fate.unwrap_or(Fate::Ended)
    }
}

impl Drop for Loan<'_> {
    fn drop(&mut self) {
        if self.fate.is_none() && !self.service.hub.withdraw(&self.ticket) {
            self.wait_to_end();
        }
    }
}

/// The task's side: what it has been lent.
pub(crate) type HeldJob = Held<Job>;
