//! The threads on which the fibers of [`to_fiber`](crate::to_fiber()) run.
//!
//! Each runs the tasks of its fibers. Their calls live in the crew, which drives their sockets and timers: so a fiber that has to
//! block its thread, as in a destructor, holds up none of them, and a connection works from everywhere. A fiber stays on the
//! thread on which it has begun: a stack cannot move. It is given to the thread that has the fewest.
//!
//! The tasks are those of a `LocalSet`, which needs no runtime below it. So code may block on a runtime of its own, which tokio forbids
//! inside of one.
//!
//! The thread enters the crew once, for all its life. Entered for each poll, the crew would have to be left in the right order: then
//! code that is suspended with the guard of an `enter()` of its own would bring the thread out of order for everybody else.

use crate::context::{Entered, Place};
use crate::forget_panic::forget_panic;
use crate::own_thread::OwnThread;
use crate::park::parker::Parker;
use crate::runtimes::crew::cores;
use crate::runtimes::fiber_stacks;
use crate::runtimes::{Remains, into_only};
use crate::settings::ThreadKind;
use crate::start_once::StartOnce;
use crate::starter::Starter;
use std::collections::VecDeque;
use std::future::{Future, poll_fn};
use std::io;
use std::mem;
use std::pin::pin;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Instant;
use tokio::runtime::Handle;
use tokio::task::LocalSet;

/// What a fiber thread is to do: it spawns a task there. Who waits for that is told when it is dropped in place of being run.
pub(crate) type Job = Box<dyn FnOnce(Counted) + Send>;

/// The fiber threads of a process. They start with their first use.
pub(crate) struct FiberThreads(StartOnce<Vec<Arc<FiberThread>>>);

/// One of them, as others see it.
struct FiberThread {
    jobs: Mutex<Jobs>,
    /// How many fibers it has that have not ended.
    fibers: Arc<AtomicUsize>,
}

#[derive(Default)]
struct Jobs {
    waiting: VecDeque<(Job, Counted)>,
    /// Wakes the thread. `None` if it has been woken.
    thread: Option<Waker>,
    is_closed: bool,
}

/// A fiber that has not ended, until this is dropped.
pub(crate) struct Counted(Arc<AtomicUsize>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Relaxed);
    }
}

impl FiberThreads {
    pub(crate) const fn new() -> Self {
        FiberThreads(StartOnce::new())
    }

    /// Has a fiber thread run `job`. Fails if they cannot be started. `crew` is the crew of these days.
    pub(crate) fn run(&self, starter: &Arc<Starter>, crew: &Handle, job: Job) -> io::Result<()> {
        let threads = match self.0.get() {
            Some(threads) => threads,
            None => {
                let (to_hand_on, crew) = (Arc::clone(starter), crew.clone());
                self.0
                    .get_or_start(starter, move || start(&to_hand_on, &crew))?
            }
        };
        let fibers = |thread: &&Arc<FiberThread>| thread.fibers.load(Relaxed);
        match threads.iter().min_by_key(fibers) {
            Some(thread) => thread.push(job),
            None => unreachable!("there is one at least"),
        }
        Ok(())
    }

    fn all(&self) -> impl Iterator<Item = &Arc<FiberThread>> {
        self.0.get().into_iter().flatten()
    }

    /// How many fibers have not ended.
    pub(crate) fn alive(&self) -> usize {
        self.all().map(|thread| thread.fibers.load(Relaxed)).sum()
    }

    /// Ends them. The fibers are unwound, and the stacks freed.
    pub(crate) fn end(self, deadline: Instant) -> Remains {
        let threads = self.0.into_inner().unwrap_or_default();
        threads.iter().for_each(|thread| thread.close());
        let mut remains = Remains::default();
        for thread in threads {
            // The thread itself has the other reference.
            remains.threads += usize::from(into_only(thread, deadline).is_err());
        }
        fiber_stacks::release();
        remains
    }
}

fn start(starter: &Arc<Starter>, crew: &Handle) -> io::Result<Vec<Arc<FiberThread>>> {
    let count = starter.settings().fiber_threads;
    let count = count.unwrap_or_else(|| cores().max(2));
    let threads: Vec<_> = (0..count).map(|_| Arc::new(FiberThread::new())).collect();
    // Those that have been started end when the others cannot be.
    let started = threads
        .iter()
        .try_for_each(|thread| thread.start(starter, crew));
    if started.is_err() {
        threads.iter().for_each(|thread| thread.close());
    }
    started.map(|()| threads)
}

impl FiberThread {
    fn new() -> Self {
        FiberThread {
            jobs: Mutex::default(),
            fibers: Arc::default(),
        }
    }

    fn jobs(&self) -> MutexGuard<'_, Jobs> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts the thread.
    fn start(self: &Arc<Self>, starter: &Arc<Starter>, crew: &Handle) -> io::Result<()> {
        let (own, crew) = (Arc::clone(self), crew.clone());
        let settings = starter.settings().thread(ThreadKind::Fiber);
        starter.start(settings, move || {
            let thread = OwnThread::begin();
            // Out of order at the end, tokio panics.
            forget_panic(|| own.serve(&thread, &crew));
            own.close();
        })
    }

    /// Runs what comes, until it is told to end.
    fn serve(&self, thread: &OwnThread, crew: &Handle) {
        let _entered = Entered::begin(crew, Place::Driver);
        // The tasks are dropped in the end, and may do anything.
        let tasks = LocalSet::new();
        let mut run = pin!(tasks.run_until(poll_fn(|cx| self.poll(cx))));
        let parker = Parker::new();
        let mut cx = Context::from_waker(parker.waker());
        while run.as_mut().poll(&mut cx).is_pending() {
            thread.end_if_child();
            match fiber_stacks::look() {
                Some(later) => _ = parker.park_timeout(later),
                None => parker.park(),
            }
        }
    }

    /// Begins what waits. Ready when the thread is to end.
    fn poll(&self, cx: &Context<'_>) -> Poll<()> {
        loop {
            let waiting = {
                let mut jobs = self.jobs();
                if jobs.is_closed {
                    return Poll::Ready(());
                }
                if jobs.waiting.is_empty() {
                    jobs.thread = Some(cx.waker().clone());
                    return Poll::Pending;
                }
                mem::take(&mut jobs.waiting)
            };
            for (job, counted) in waiting {
                forget_panic(|| job(counted));
            }
        }
    }

    fn push(&self, job: Job) {
        self.fibers.fetch_add(1, Relaxed);
        let job = (job, Counted(Arc::clone(&self.fibers)));
        let thread = {
            let mut jobs = self.jobs();
            if jobs.is_closed {
                drop(jobs);
                return drop(job);
            }
            jobs.waiting.push_back(job);
            jobs.thread.take()
        };
        if let Some(thread) = thread {
            thread.wake();
        }
    }

    fn close(&self) {
        let (thread, waiting) = {
            let mut jobs = self.jobs();
            jobs.is_closed = true;
            (jobs.thread.take(), mem::take(&mut jobs.waiting))
        };
        if let Some(thread) = thread {
            thread.wake();
        }
        // What they hold is the user's, and its end must keep nothing else from ending.
        for job in waiting {
            forget_panic(|| drop(job));
        }
    }
}
