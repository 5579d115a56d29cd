//! Isolation threads: they run a call whose own thread must not wait.
//!
//! They are plain threads that run one call at a time, as if it had been made there: it lives in home, which the thread
//! drives while it waits. A call takes an idle thread if there is one, or starts another, so calls that nest never wait for
//! a free thread. A thread that has been idle for [`IDLE`] ends.
//!
//! The caller *lends* a closure from its own stack ([`Lease::run`]). The isolation thread calls it to build the future, polls
//! the future, drops it, and writes the output back to the caller's stack. So only the arguments and the output are sent and
//! have to be `Send`. The future need not be, and the arguments may borrow from the caller. `job_slot` has the protocol.

mod job_slot;

use crate::context::blocked::BlockedRuntimes;
use crate::fork;
use crate::own_thread::OwnThread;
use crate::park::parker::Parker;
use job_slot::JobSlot;
use std::any::Any;
use std::io;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

/// How long an idle thread stays.
const IDLE: Duration = Duration::from_secs(10);

/// As much as a main thread has, so code that runs there runs here.
const STACK_SIZE: usize = 8 << 20;

/// The isolation threads that are idle, the last one used on top: its caches are warm.
pub(crate) struct Pool {
    idle: Mutex<Vec<Arc<Thread>>>,
}

impl Pool {
    pub(crate) const fn new() -> Self {
        Pool {
            idle: Mutex::new(Vec::new()),
        }
    }

    /// Takes an idle isolation thread, or starts one.
    pub(crate) fn lease(&'static self) -> io::Result<Lease> {
        fork::may_start_threads()?;
        let idle = self.lock().pop();
        let thread = match idle {
            Some(thread) => thread,
            None => start(self)?,
        };
        Ok(Lease { pool: self, thread })
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Arc<Thread>>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A call's closure, its lifetime erased; see [`Lease::run`].
type Job = &'static mut (dyn FnMut() + Send);

/// An isolation thread as its callers see it.
struct Thread {
    slot: JobSlot<Job>,
}

/// One call's hold on an isolation thread.
pub(crate) struct Lease {
    pool: &'static Pool,
    thread: Arc<Thread>,
}

impl Lease {
    /// Runs `code` on the thread while this one waits by `wait`. A panic of `code` resumes here, after `on_panic` has
    /// seen it, with its payload unchanged.
    ///
    /// The code must not wait for the runtimes in `blocked` either.
    pub(crate) fn run<T: Send>(
        self,
        blocked: BlockedRuntimes,
        wait: impl FnOnce(&mut LentJob<'_>),
        on_panic: impl FnOnce(&(dyn Any + Send)),
        code: impl FnOnce() -> T + Send,
    ) -> T {
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
        self.run_job(wait, &mut job);
        match outcome {
            Some(Ok(output)) => output,
            Some(Err(panic)) => {
                on_panic(&*panic);
                resume_unwind(panic)
            }
            None => unreachable!("a job that is done has been run"),
        }
    }

    fn run_job(self, wait: impl FnOnce(&mut LentJob<'_>), job: &mut (dyn FnMut() + Send)) {
        // SAFETY: only the lifetime is erased. The isolation thread uses the job between `take` and `finish` alone, and
        // nobody else has it. This fn returns, or unwinds, only when `LentJob` has been dropped, which waits until the
        // job is done: until then, the borrow from which this reference is made has not ended.
        let job = unsafe {
            mem::transmute::<&mut (dyn FnMut() + Send), &'static mut (dyn FnMut() + Send)>(job)
        };
        let parker = Parker::lend();
        wait(&mut LentJob::begin(self, job, &parker));
    }
}

/// A job in the hands of an isolation thread. Dropped, it waits for the end of the job.
pub(crate) struct LentJob<'a> {
    lease: Lease,
    parker: &'a Parker,
    is_done: bool,
}

impl<'a> LentJob<'a> {
    fn begin(lease: Lease, job: Job, parker: &'a Parker) -> Self {
        lease.thread.slot.lend(job, parker.waker());
        LentJob {
            lease,
            parker,
            is_done: false,
        }
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
        self.wait(|parker| {
            parker.park();
            true
        });
        let Lease { pool, thread } = &self.lease;
        pool.lock().push(Arc::clone(thread));
    }
}

fn start(pool: &'static Pool) -> io::Result<Arc<Thread>> {
    fork::register_handler();
    let parker = Parker::new();
    let thread = Arc::new(Thread {
        slot: JobSlot::new(parker.waker().clone()),
    });
    let own = Arc::clone(&thread);
    thread::Builder::new()
        .name("sync-twin-isolated".to_owned())
        .stack_size(STACK_SIZE)
        .spawn(move || own.serve(pool, &parker))?;
    Ok(thread)
}

impl Thread {
    /// Runs one job after another, until no job has come for a while.
    fn serve(self: &Arc<Self>, pool: &Pool, parker: &Parker) {
        let own = OwnThread::begin();
        fork::borrow_from_other_stacks();
        loop {
            while let Some(job) = self.slot.take() {
                job();
                own.end_if_child();
                self.slot.finish();
            }
            if !parker.park_timeout(IDLE) && self.resign(pool) {
                return;
            }
        }
    }

    /// Leaves the idle threads. Returns false if a caller has just leased this one.
    fn resign(self: &Arc<Self>, pool: &Pool) -> bool {
        let mut idle = pool.lock();
        let index = idle.iter().position(|thread| Arc::ptr_eq(thread, self));
        index.map(|index| idle.remove(index)).is_some()
    }
}
