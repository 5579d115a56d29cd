//! Isolation threads: they run a call whose own thread must not wait.
//!
//! They are plain threads that run one call at a time, as if it had been made there: it lives in home, which the thread
//! drives while it waits, or with `flavor = "per_thread"` in that of the caller's thread, if it has one. A call takes an idle
//! thread if there is one, or starts another, so calls that nest never wait for a free thread. A thread that has been idle for
//! some time ends. `tests/model` runs this file too.
//!
//! The caller *lends* a closure from its own stack ([`Lease::run`]). The isolation thread calls it to build the future, polls
//! the future, drops it, and writes the output back to the caller's stack. So only the arguments and the output are sent and
//! have to be `Send`. The future need not be, and the arguments may borrow from the caller. `job_slot` has the protocol.

mod job_slot;

use crate::context::blocked::BlockedRuntimes;
use crate::fork;
use crate::own_thread::OwnThread;
use crate::park::parker::Parker;
use crate::settings::ThreadKind;
use crate::starter::Starter;
use crate::sync::{Mutex, MutexGuard};
use job_slot::JobSlot;
use std::any::Any;
use std::io;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Arc, PoisonError};
use std::task::Waker;
use std::time::Duration;

/// The isolation threads of a process.
pub(crate) struct Pool(Arc<Mutex<Threads>>);

#[derive(Default)]
struct Threads {
    /// Those that are idle, the last one used on top: its caches are warm.
    idle: Vec<Arc<Thread>>,
    /// How many there are.
    alive: usize,
    /// They are to end.
    is_closed: bool,
}

impl Pool {
    pub(crate) fn new() -> Self {
        Pool(Arc::new(Mutex::new(Threads::default())))
    }

    /// How many isolation threads there are, and how many of them are idle.
    pub(crate) fn size(&self) -> (usize, usize) {
        let threads = lock(&self.0);
        (threads.alive, threads.idle.len())
    }

    /// Takes an idle isolation thread, or has `starter` start one.
    pub(crate) fn lease(&self, starter: &Starter) -> io::Result<Lease<'_>> {
        fork::may_start_threads()?;
        let idle = lock(&self.0).idle.pop();
        let is_new = idle.is_none();
        let thread = match idle {
            Some(thread) => thread,
            None => self.start(starter)?,
        };
        Ok(Lease {
            pool: self,
            thread,
            is_new,
        })
    }

    /// Does not wait for the thread: it finds its job when it begins.
    fn start(&self, starter: &Starter) -> io::Result<Arc<Thread>> {
        let parker = Parker::new();
        let thread = Arc::new(Thread {
            slot: JobSlot::new(parker.waker().clone()),
            waker: parker.waker().clone(),
            failure: Mutex::new(None),
        });
        let (own, threads) = (Arc::clone(&thread), Arc::clone(&self.0));
        let settings = starter.settings();
        let keep_alive = settings.isolation_keep_alive;
        let serve = move || own.serve(&threads, &parker, keep_alive);
        let (own, threads) = (Arc::clone(&thread), Arc::clone(&self.0));
        let on_failure = move |error| {
            lock(&threads).alive -= 1;
            *own.failure() = Some(error);
            own.give_back();
        };
        lock(&self.0).alive += 1;
        if let Err(error) =
            starter.start_soon(settings.thread(ThreadKind::Isolated), serve, on_failure)
        {
            lock(&self.0).alive -= 1;
            return Err(error);
        }
        Ok(thread)
    }

    /// Ends them. No call may use them any more.
    pub(crate) fn end(self) {
        let idle = {
            let mut threads = lock(&self.0);
            threads.is_closed = true;
            threads.idle.clone()
        };
        idle.iter().for_each(|thread| thread.waker.wake_by_ref());
    }
}

fn lock(threads: &Mutex<Threads>) -> MutexGuard<'_, Threads> {
    threads.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A call's closure, its lifetime erased; see [`Lease::run`].
type Job = &'static mut (dyn FnMut() + Send);

/// An isolation thread as its callers see it.
struct Thread {
    slot: JobSlot<Job>,
    waker: Waker,
    /// Why it could not be started.
    failure: Mutex<Option<io::Error>>,
}

/// One call's hold on an isolation thread.
pub(crate) struct Lease<'a> {
    pool: &'a Pool,
    thread: Arc<Thread>,
    /// It may not have been started yet, and that may fail.
    is_new: bool,
}

impl Lease<'_> {
    /// Runs `code` on the thread while this one waits by `wait`. A panic of `code` resumes here, after `on_panic` has
    /// seen it, with its payload unchanged.
    ///
    /// The code must not wait for the runtimes in `blocked` either. Fails, without having run it, if the thread cannot be
    /// started.
    pub(crate) fn run<T: Send>(
        self,
        blocked: BlockedRuntimes,
        wait: impl FnOnce(&mut LentJob<'_>),
        on_panic: impl FnOnce(&(dyn Any + Send)),
        code: impl FnOnce() -> T + Send,
    ) -> io::Result<T> {
        let mut code = Some(code);
        let mut outcome = None;
        let mut job = || {
            outcome = code.take().map(|code| {
                catch_unwind(AssertUnwindSafe(|| {
                    let _blocked = blocked.set_here();
                    code()
                }))
            });
        };
        let failure = self.run_job(wait, &mut job);
        match outcome {
            Some(Ok(output)) => Ok(output),
            Some(Err(panic)) => {
                on_panic(&*panic);
                resume_unwind(panic)
            }
            None => Err(failure.unwrap_or_else(|| unreachable!("a job that is done has been run"))),
        }
    }

    /// Returns why the job has not been run, if so.
    fn run_job(
        self,
        wait: impl FnOnce(&mut LentJob<'_>),
        job: &mut (dyn FnMut() + Send),
    ) -> Option<io::Error> {
        // SAFETY: only the lifetime is erased. Whoever takes the job uses it between `take` and `finish` alone, and nobody
        // else has it. This fn returns, or unwinds, only when `LentJob` has been dropped, which waits until the
        // job is done: until then, the borrow from which this reference is made has not ended.
        let job = unsafe {
            mem::transmute::<&mut (dyn FnMut() + Send), &'static mut (dyn FnMut() + Send)>(job)
        };
        let parker = Parker::lend();
        let mut lent = LentJob::begin(self, job, &parker);
        wait(&mut lent);
        lent.end()
    }
}

/// A job in the hands of an isolation thread. Dropped, it waits for the end of the job.
pub(crate) struct LentJob<'a> {
    lease: Lease<'a>,
    parker: &'a Parker,
    is_done: bool,
    /// There is no thread.
    has_failed: bool,
}

impl<'a> LentJob<'a> {
    fn begin(lease: Lease<'a>, job: Job, parker: &'a Parker) -> Self {
        lease.thread.slot.lend(job, parker.waker());
        // If the start fails after this look, the starter finds the job.
        if lease.is_new && lease.thread.failure().is_some() {
            lease.thread.give_back();
        }
        LentJob {
            lease,
            parker,
            is_done: false,
            has_failed: false,
        }
    }

    /// Waits for the end of the job. Returns why it has not been run, if so.
    fn end(mut self) -> Option<io::Error> {
        self.wait_to_end();
        if !self.lease.is_new {
            return None;
        }
        let failure = self.lease.thread.failure().take();
        self.has_failed = failure.is_some();
        failure
    }

    fn wait_to_end(&mut self) {
        self.wait(|parker| {
            parker.park();
            true
        });
    }

    /// Waits for the end of the job by `park`, which returns when its parker is woken. False, before that, if `park` has
    /// returned false.
    pub(crate) fn wait(&mut self, park: impl Fn(&Parker) -> bool) -> bool {
        while !self.is_done {
            self.is_done = self.lease.thread.slot.is_done();
            if !self.is_done && !park(self.parker) {
                return false;
            }
        }
        true
    }
}

impl Drop for LentJob<'_> {
    fn drop(&mut self) {
        self.wait_to_end();
        let Lease {
            pool,
            thread,
            is_new,
        } = &self.lease;
        if !(self.has_failed || *is_new && thread.failure().is_some()) {
            lock(&pool.0).idle.push(Arc::clone(thread));
        }
    }
}

impl Thread {
    fn failure(&self) -> MutexGuard<'_, Option<io::Error>> {
        self.failure.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends a job that has been lent, and that no thread will run.
    fn give_back(&self) {
        if self.slot.take().is_some() {
            self.slot.finish();
        }
    }

    /// Runs one job after another, until no job has come for a while.
    fn serve(self: &Arc<Self>, threads: &Mutex<Threads>, parker: &Parker, keep_alive: Duration) {
        let own = OwnThread::begin();
        fork::borrow_from_other_stacks();
        loop {
            let is_woken = parker.park_timeout(keep_alive);
            match self.slot.take() {
                Some(job) => {
                    job();
                    own.end_if_child();
                    self.slot.finish();
                }
                None if self.may_end(threads, is_woken) => return,
                None => {}
            }
        }
    }

    /// Leaves the idle threads if it is time to end, and returns true. If a caller has just leased this one, it is not.
    fn may_end(self: &Arc<Self>, threads: &Mutex<Threads>, is_woken: bool) -> bool {
        let mut threads = lock(threads);
        if is_woken && !threads.is_closed {
            return false;
        }
        let idle = &mut threads.idle;
        let index = idle.iter().position(|thread| Arc::ptr_eq(thread, self));
        let has_left = index.map(|index| idle.remove(index)).is_some();
        if has_left {
            threads.alive -= 1;
        }
        has_left
    }
}
