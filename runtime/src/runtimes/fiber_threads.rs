//! The threads on which the fibers of [`to_fiber`](crate::to_fiber()) run.
//!
//! Each runs the tasks of its fibers. Their calls live in the crew, which drives their sockets and timers: so a fiber that has to
//! block its thread, as in a destructor, holds up none of them, and a connection works from everywhere. A fiber stays on the
//! thread on which it has begun: a stack cannot move. It is given to the thread that has the fewest.
//!
//! The thread enters the crew once, for all its life, and the tasks are those of a `LocalSet`, which asks for no runtime. Entered for
//! each poll, the crew would have to be left in the right order: then code that is suspended with the guard of an `enter()` of its
//! own would bring the thread out of order for everybody else.

use crate::context::{Entered, Place};
use crate::forget_panic::forget_panic;
use crate::fork;
use crate::oneshot;
use crate::own_thread::{OwnThread, end_if_child};
use crate::runtimes::crew::cores;
use crate::runtimes::{Remains, into_only};
use crate::settings::ThreadKind;
use crate::start_once::StartOnce;
use crate::starter::Starter;
use std::collections::VecDeque;
use std::future::poll_fn;
use std::io;
use std::mem;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Instant;
use tokio::runtime::{Builder, Handle, Runtime};
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

    /// Ends them. The fibers are unwound.
    pub(crate) fn end(self, deadline: Instant) -> Remains {
        let threads = self.0.into_inner().unwrap_or_default();
        threads.iter().for_each(|thread| thread.close());
        let mut remains = Remains::default();
        for thread in threads {
            // The thread itself has the other reference.
            remains.threads += usize::from(into_only(thread, deadline).is_err());
        }
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

/// A runtime for tasks alone: it drives nothing.
fn build() -> io::Result<Runtime> {
    let depth = fork::depth();
    Builder::new_current_thread()
        .on_thread_park(move || end_if_child(depth))
        .build()
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

    /// Starts the thread, and waits until it has its runtime.
    fn start(self: &Arc<Self>, starter: &Arc<Starter>, crew: &Handle) -> io::Result<()> {
        let (sender, outcome) = oneshot::channel();
        let (own, crew) = (Arc::clone(self), crew.clone());
        let settings = starter.settings().thread(ThreadKind::Fiber);
        starter.start(settings, move || {
            let _own = OwnThread::begin();
            match build() {
                Ok(runtime) => {
                    sender.send(Ok(()));
                    // Out of order at the end, tokio panics.
                    forget_panic(|| own.serve(&runtime, &crew));
                    own.close();
                }
                Err(error) => sender.send(Err(error)),
            }
        })?;
        outcome
            .recv()
            .unwrap_or_else(|| Err(io::Error::other("the thread has ended")))
    }

    /// Runs what comes, until it is told to end.
    fn serve(&self, runtime: &Runtime, crew: &Handle) {
        runtime.block_on(async {
            let _entered = Entered::begin(crew, Place::Driver);
            let tasks = LocalSet::new();
            tasks.run_until(poll_fn(|cx| self.poll(cx))).await;
            // The tasks are dropped here, and may do anything.
        });
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
