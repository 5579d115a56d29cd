//! The shared multi-thread runtime for calls whose thread is inside or beside some other runtime.
//!
//! Such a call is polled on its own thread, in the crew's context, and the thread parks while it waits. The crew's
//! workers drive its sockets and timers, and run what it spawns. So the caller's runtime may be blocked, exhausted, busy
//! or gone. A caller never runs another caller's task, which would see the caller's task-locals, thread-locals and spans,
//! and run on the rest of its stack.
//!
//! Tasks of [`spawn`](crate::spawn) and closures of [`to_thread`](crate::to_thread()) may block plainly. They do not run
//! here: see [`background`](crate::runtimes::background).
//!
//! A waker that panics while a worker polls the driver ends that worker. (In a debug build of tokio it ends the process,
//! by a guard of tokio's.) tokio still counts the worker as asleep: it may choose that worker to be woken, wait for its
//! answer, and wake no other. The wake-ups that were to follow the one that panicked are lost as well. So this crew has
//! *crashed*: new calls use the next one, and calls that wait here end with a panic that says so.
//!
//! That a worker has ended is told exactly and not by the clock, so a busy crew is never taken for a crashed one. tokio
//! calls one hook before a worker sleeps and one after: a thread that ends between the two has been left by its worker.

use crate::fork;
use crate::own_task;
use crate::own_thread::end_if_child;
use crate::runtimes::{Headcount, Remains, check_threads, configure, end};
use crate::settings::ThreadKind;
use crate::start_once::StartOnce;
use crate::starter::Starter;
use std::cell::Cell;
use std::io;
use std::iter;
use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;
use std::thread;
use std::time::Instant;
use tokio::runtime::{Builder, Handle, Id, Runtime};

/// So many, even on few cores: some tasks that block their worker must not hold up every caller.
const MIN_WORKERS: usize = 8;

/// How many crews may crash. The last one stays, whatever happens to it: the threads of the others are still there.
const MAX_CREWS: usize = 16;

pub(crate) struct Crew {
    runtime: Runtime,
    headcount: Headcount,
    has_crashed: Arc<AtomicBool>,
    /// The crew that has taken its place.
    next: StartOnce<Box<Crew>>,
}

/// The crews of this process. The first one that has not crashed is *the* crew.
pub(crate) struct Crews(StartOnce<Box<Crew>>);

impl Crews {
    pub(crate) const fn new() -> Self {
        Crews(StartOnce::new())
    }

    /// The crew, which this starts if need be.
    #[inline]
    pub(crate) fn get_or_start(&self, starter: &Arc<Starter>) -> io::Result<&Crew> {
        let mut crew = Crew::of(&self.0, starter)?;
        let mut crews = 1;
        while crew.has_crashed() && crews < MAX_CREWS {
            crew = Crew::of(&crew.next, starter)?;
            crews += 1;
        }
        Ok(crew)
    }

    /// Ends them. No call may use them any more.
    pub(crate) fn end(self, deadline: Instant) -> Remains {
        let mut remains = Remains::default();
        let mut next = self.0.into_inner();
        while let Some(crew) = next {
            remains.add(end(crew.runtime, &crew.headcount, deadline));
            next = crew.next.into_inner();
        }
        remains
    }

    /// How many tasks they have that have not ended.
    pub(crate) fn alive_tasks(&self) -> usize {
        self.all()
            .map(|crew| crew.handle().metrics().num_alive_tasks())
            .sum()
    }

    fn all(&self) -> impl Iterator<Item = &Crew> {
        let first = self.0.get().map(Box::as_ref);
        iter::successors(first, |crew| crew.next.get().map(Box::as_ref))
    }

    /// Whether the runtime with this id is a crew that has not crashed.
    pub(crate) fn is_at_work(&self, id: Id) -> bool {
        self.all()
            .any(|crew| crew.handle().id() == id && !crew.has_crashed())
    }

    /// Wakes a worker from outside.
    pub(crate) fn wake_idle_worker(&self) {
        if let Some(crew) = self.all().last() {
            drop(own_task::spawn(crew.handle(), async {}));
        }
    }
}

thread_local! {
    /// Whether this thread is a worker that sleeps, or looks at the driver.
    static IS_ASLEEP: Cell<bool> = const { Cell::new(false) };
}

impl Crew {
    #[inline]
    fn of<'a>(crew: &'a StartOnce<Box<Crew>>, starter: &Arc<Starter>) -> io::Result<&'a Self> {
        match crew.get() {
            Some(crew) => Ok(crew),
            None => {
                let to_hand_on = Arc::clone(starter);
                crew.get_or_start(starter, move || Crew::start(&to_hand_on))
                    .map(Box::as_ref)
            }
        }
    }

    fn start(starter: &Arc<Starter>) -> io::Result<Box<Self>> {
        let depth = fork::depth();
        let has_crashed = Arc::new(AtomicBool::new(false));
        let note = {
            let has_crashed = Arc::clone(&has_crashed);
            move || {
                if IS_ASLEEP.get() {
                    has_crashed.store(true, Relaxed);
                }
            }
        };
        let note_at_end = note.clone();
        let set = starter.settings().worker_threads;
        let workers = set.unwrap_or_else(|| cores().max(MIN_WORKERS));
        check_threads(workers)?;
        let headcount = Headcount::default();
        let mut builder = Builder::new_multi_thread();
        configure(
            &mut builder,
            ThreadKind::Crew,
            starter,
            &headcount,
            note_at_end,
        );
        let runtime = builder
            .worker_threads(workers)
            .on_thread_park(move || {
                end_if_child(depth);
                // The thread of one that has ended may be given to another.
                note();
                IS_ASLEEP.set(true);
            })
            .on_thread_unpark(|| IS_ASLEEP.set(false))
            .build()?;
        Ok(Box::new(Crew {
            runtime,
            headcount,
            has_crashed,
            next: StartOnce::new(),
        }))
    }

    #[inline]
    pub(crate) fn handle(&self) -> &Handle {
        self.runtime.handle()
    }

    /// Whether a worker has ended, so that calls that wait may wait for ever.
    #[inline]
    pub(crate) fn has_crashed(&self) -> bool {
        self.has_crashed.load(Relaxed)
    }

    /// Panics if a worker has ended.
    pub(crate) fn check(&self) {
        assert!(
            !self.has_crashed(),
            "a waker has panicked in a worker of the runtime that this blocking call lives on, so that what the call \
             waits for may never come; the next call has another runtime"
        );
    }
}

pub(crate) fn cores() -> usize {
    thread::available_parallelism().map_or(1, NonZero::get)
}
