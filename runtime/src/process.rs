//! Everything that sync-twin keeps for the whole process. A child of a fork has its own, and so has what comes after a
//! [`shutdown`](crate::shutdown()).
//!
//! This file is above the parts that it holds: they are handed what they need, and never ask for the process. Only the
//! layers above this one do.

use crate::calls::calls;
use crate::fork;
use crate::isolation::Pool;
use crate::own_task;
use crate::report::Reports;
use crate::runtimes::Remains;
use crate::runtimes::background::Background;
use crate::runtimes::block_in_place::ReplacementThreads;
use crate::runtimes::crew::{Crew, Crews};
#[cfg(feature = "fiber")]
use crate::runtimes::fiber_threads::FiberThreads;
use crate::runtimes::home::{Home, Homes, ThreadHomes};
use crate::sentinels::Sentinels;
use crate::settings::{self, Settings};
use crate::start_once::or_panic;
use crate::starter::{Origin, Starter};
use arc_swap::{ArcSwapOption, Guard};
use std::io;
use std::ops::Deref;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;
use tokio::runtime::{Handle, Id};

/// The state that all calls share. It is dropped by [`end`](Process::end) alone, on a thread of ours: dropping a runtime in
/// an async context panics, and in a child of a fork it would take the parent's sockets with it.
pub(crate) struct Process {
    pub(crate) settings: Arc<Settings>,
    pub(crate) starter: Arc<Starter>,
    homes: Homes,
    thread_homes: ThreadHomes,
    crews: Crews,
    /// For [`spawn`](crate::spawn) and [`to_thread`](crate::to_thread()).
    background: Background,
    /// For [`to_fiber`](crate::to_fiber()).
    #[cfg(feature = "fiber")]
    pub(crate) fiber_threads: FiberThreads,
    replacements: ReplacementThreads,
    pub(crate) isolation: Pool,
    pub(crate) sentinels: Sentinels,
    pub(crate) reports: Reports,
}

impl Process {
    fn new(settings: Arc<Settings>) -> Self {
        let starter = Arc::new(Starter::new(Arc::clone(&settings)));
        Process {
            settings,
            homes: Homes::new(),
            thread_homes: ThreadHomes::new(),
            crews: Crews::new(),
            background: Background::new(),
            #[cfg(feature = "fiber")]
            fiber_threads: FiberThreads::new(),
            replacements: ReplacementThreads::new(),
            isolation: Pool::new(),
            sentinels: Sentinels::new(),
            reports: Reports::new(Arc::clone(&starter)),
            starter,
        }
    }

    /// Starts what most programs need. The threads take after the caller.
    pub(crate) fn start(&self) -> io::Result<()> {
        self.starter.begin(Origin::Caller)?;
        self.home()?;
        self.crew().map(drop)
    }

    /// Home, which this starts if need be.
    #[inline]
    pub(crate) fn home(&self) -> io::Result<&Home> {
        self.homes.get_or_start(&self.starter)
    }

    /// The home that the calling thread has for itself, which this starts if need be. If it cannot have one, that of all.
    #[inline]
    pub(crate) fn home_of_thread(&self) -> io::Result<&Home> {
        match self.thread_homes.get(&self.starter) {
            Some(home) => Ok(home),
            None => {
                // First, or those of threads might take up the last descriptors.
                let home = self.home()?;
                Ok(self.thread_homes.enter(&self.starter).unwrap_or(home))
            }
        }
    }

    /// The home whose runtime has this id: that of all, or that of a thread, be it the present one or one before.
    pub(crate) fn home_by_id(&self, id: Id) -> Option<&Home> {
        self.homes.find(id).or_else(|| self.thread_homes.find(id))
    }

    /// The homes of threads that wait there.
    pub(crate) fn waiting_thread_homes(&self) -> impl Iterator<Item = &Home> {
        self.thread_homes.with_callers()
    }

    /// How many threads have had a home for themselves at a time, and how many of those homes no thread has.
    pub(crate) fn thread_homes(&self) -> (usize, usize) {
        self.thread_homes.size()
    }

    /// The crew, which this starts if need be.
    #[inline]
    pub(crate) fn crew(&self) -> io::Result<&Crew> {
        self.crews.get_or_start(&self.starter)
    }

    /// The runtime for work in the background, which this starts if need be.
    ///
    /// # Panics
    ///
    /// When it cannot be started, naming the call site.
    #[track_caller]
    pub(crate) fn background(&self) -> &Handle {
        or_panic(self.background.get_or_start(&self.starter))
    }

    /// Hands this worker's other tasks to another thread; see [`ReplacementThreads::hand_off_core`].
    pub(crate) fn hand_off_core(&self, wait: &mut dyn FnMut() -> bool) -> bool {
        self.replacements.hand_off_core(&self.starter, wait)
    }

    /// How many homes have been replaced.
    pub(crate) fn retired_homes(&self) -> usize {
        self.homes.retired() + self.thread_homes.retired()
    }

    /// Wakes a worker of each runtime of ours that has workers, from outside.
    pub(crate) fn wake_idle_workers(&self) {
        self.crews.wake_idle_worker();
        if let Some(background) = self.background.get() {
            drop(own_task::spawn(background, async {}));
        }
    }

    /// Whether the runtime with this id is ours, and its timers are at work.
    pub(crate) fn drives_timers_of(&self, id: Id) -> bool {
        self.home_by_id(id).is_some_and(|home| !home.is_held()) || self.crews.is_at_work(id)
    }

    /// How many tasks there are on our runtimes that have not ended.
    pub(crate) fn alive_tasks(&self) -> usize {
        let background = self.background.get();
        #[cfg(feature = "fiber")]
        let fibers = self.fiber_threads.alive();
        #[cfg(not(feature = "fiber"))]
        let fibers = 0;
        self.homes.alive_tasks()
            + self.thread_homes.alive_tasks()
            + self.crews.alive_tasks()
            + fibers
            + background.map_or(0, |runtime| runtime.metrics().num_alive_tasks())
    }

    /// Drops all runtimes, with what their tasks hold, and tells all threads to end. To be called on a thread of ours.
    pub(crate) fn end(self, deadline: Instant) -> Remains {
        calls().bell.end();
        self.isolation.end();
        let mut remains = self.background.end(deadline);
        #[cfg(feature = "fiber")]
        remains.add(self.fiber_threads.end(deadline));
        remains.add(self.crews.end(deadline));
        remains.add(self.thread_homes.end(deadline));
        remains.add(self.homes.end(deadline));
        remains.add(self.replacements.end(deadline));
        remains
    }
}

/// How many forks deep a process can be.
const DEPTH: usize = fork::MAX_DEPTH;

/// What one process has, after so many forks.
struct Slot {
    present: ArcSwapOption<Process>,
    leaving: Mutex<Leaving>,
}

/// What has been shut down while calls were still in it.
pub(crate) type Leaving = Vec<Arc<Process>>;

static SLOTS: [Slot; DEPTH] = [const {
    Slot {
        present: ArcSwapOption::const_empty(),
        leaving: Mutex::new(Vec::new()),
    }
}; DEPTH];

#[inline]
fn slot() -> &'static Slot {
    match SLOTS.get(fork::depth()) {
        Some(slot) => slot,
        None => too_deep(),
    }
}

#[cold]
fn too_deep() -> ! {
    panic!("blocking calls work only in processes that are fewer than {DEPTH} forks deep")
}

/// A hold on the process's state, without which a [`shutdown`](crate::shutdown()) could take it away.
pub(crate) struct Present(Guard<Option<Arc<Process>>>);

impl Deref for Present {
    type Target = Process;

    #[inline]
    fn deref(&self) -> &Process {
        match &*self.0 {
            Some(process) => process,
            None => unreachable!("it has been there from the beginning"),
        }
    }
}

/// The state of this process. It starts no thread yet.
#[inline]
pub(crate) fn process() -> Present {
    let slot = slot();
    loop {
        let present = slot.present.load();
        if present.is_some() {
            return Present(present);
        }
        begin(slot);
    }
}

#[cold]
fn begin(slot: &Slot) {
    let fixed = settings::fixed();
    let process = Arc::new(Process::new(fixed.settings()));
    let none: Option<Arc<Process>> = None;
    let before = slot
        .present
        .compare_and_swap(&none, Some(Arc::clone(&process)));
    if before.is_none() {
        for problem in fixed.untold_problems() {
            process.reports.report(problem);
        }
    }
}

/// What has been started, if anything has.
pub(crate) fn started() -> Option<Present> {
    let present = slot().present.load();
    present.is_some().then_some(Present(present))
}

/// Makes place for a new beginning, and returns what was there until now. Calls that are in it go on there.
pub(crate) fn retire() -> Option<Arc<Process>> {
    slot().present.swap(None)
}

/// Only one thread at a time shuts down.
pub(crate) fn lock_leaving() -> MutexGuard<'static, Leaving> {
    slot()
        .leaving
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
}
