//! What can be set for the process, and what is set.
//!
//! There are three sources. A variable of the environment wins over what a [`Builder`](crate::Builder) has installed, since
//! it is the operator who sets it, and both win over the default. The settings are *fixed* once: by `install`, or by the first
//! use of the process's state, which keeps them in a field. So no call looks at the environment.
//!
//! What is fixed stays as long as the process: after a [`shutdown`](crate::shutdown()), and in a child of a fork.

mod flavor;
mod policy;
#[cfg(test)]
mod table;
mod thread_kind;
mod variable;

pub use flavor::Flavor;
pub use policy::{CallInAsync, Policy};
pub use thread_kind::ThreadKind;

pub(crate) use policy::Observer;
pub(crate) use variable::{MAX_BLOCKING, MAX_WORKERS};

use arc_swap::ArcSwapOption;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Duration;
use variable::Environment;

/// All that can be set.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// The names of all threads begin with it.
    pub(crate) thread_name: String,
    /// By the numbers of the [kinds](ThreadKind). `None` for that of std's threads: 2 MiB, or what `RUST_MIN_STACK` says.
    pub(crate) stack_sizes: [Option<usize>; ThreadKind::ALL.len()],
    /// How large the stack of a fiber is.
    #[cfg(feature = "fiber")]
    pub(crate) fiber_stack_size: usize,
    /// How many fiber threads there are. `None` for as many as there are cores, and no fewer than a minimum.
    #[cfg(feature = "fiber")]
    pub(crate) fiber_threads: Option<usize>,
    /// Of the crew. `None` for as many as there are cores, and no fewer than a minimum.
    pub(crate) worker_threads: Option<usize>,
    /// The same of the background runtime.
    pub(crate) background_threads: Option<usize>,
    /// How many threads the blocking pool of a runtime may have. Further closures wait for one.
    pub(crate) max_blocking_threads: usize,
    /// How long a thread of a blocking pool stays that has nothing to do.
    pub(crate) blocking_keep_alive: Duration,
    /// How long an isolation thread stays that has nothing to do.
    pub(crate) isolation_keep_alive: Duration,
    /// Whether threads of ours take no signals.
    pub(crate) block_signals: bool,
    /// Whether they have the CPU affinity of the thread that calls `start`, as they have all else of it.
    pub(crate) inherit_affinity: bool,
    pub(crate) on_thread_start: Option<Hook>,
    pub(crate) on_thread_stop: Option<Hook>,
    /// For calls that have none of their own.
    pub(crate) flavor: Flavor,
    pub(crate) stall_after: StallAfter,
    /// How long calls in tasks may go on after their runtime has begun to shut down. `None` if they are not ended.
    pub(crate) grace: Option<Duration>,
    /// How long calls of twins may take that have no `timeout`.
    pub(crate) time_limit: Option<Duration>,
    /// For calls whose twins do not say otherwise.
    pub(crate) on_driver: Option<Policy>,
    pub(crate) on_worker: Option<Policy>,
    pub(crate) observer: Option<Observer>,
}

/// What a thread of ours is started with.
pub(crate) struct ThreadSettings {
    pub(crate) name: String,
    pub(crate) stack_size: Option<usize>,
    /// `None` if it runs no code of the user's.
    pub(crate) kind: Option<ThreadKind>,
}

/// What is run on threads of ours.
#[derive(Clone)]
pub(crate) struct Hook(Arc<dyn Fn(ThreadKind) + Send + Sync>);

/// How long a call may wait before it is reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StallAfter {
    /// It depends on where the call is made.
    Default,
    Off,
    All(Duration),
}

/// Far more than tokio's 512, which nested calls exhaust, and far fewer than exhaust a machine.
const MAX_BLOCKING_THREADS: usize = 4096;

/// As long as tokio's own.
const KEEP_ALIVE: Duration = Duration::from_secs(10);

const MAX_CREW_KEEP_ALIVE: Duration = Duration::from_secs(1);

/// As much as a main thread has, so code that runs there runs here.
const MAIN_STACK: usize = 8 << 20;

/// Only what is touched takes memory. With twice as much, the system might give it in huge pages.
#[cfg(feature = "fiber")]
const FIBER_STACK: usize = 1 << 20;

const GRACE: Duration = Duration::from_secs(1);

impl Default for Settings {
    fn default() -> Self {
        let mut stack_sizes = [None; ThreadKind::ALL.len()];
        stack_sizes[ThreadKind::Isolated as usize] = Some(MAIN_STACK);
        Settings {
            thread_name: "sync-twin".to_owned(),
            stack_sizes,
            #[cfg(feature = "fiber")]
            fiber_stack_size: FIBER_STACK,
            #[cfg(feature = "fiber")]
            fiber_threads: None,
            worker_threads: None,
            background_threads: None,
            max_blocking_threads: MAX_BLOCKING_THREADS,
            blocking_keep_alive: KEEP_ALIVE,
            isolation_keep_alive: KEEP_ALIVE,
            block_signals: true,
            inherit_affinity: false,
            on_thread_start: None,
            on_thread_stop: None,
            flavor: Flavor::Auto,
            stall_after: StallAfter::Default,
            grace: Some(GRACE),
            time_limit: None,
            on_driver: None,
            on_worker: None,
            observer: None,
        }
    }
}

impl Settings {
    /// A thread of this kind.
    pub(crate) fn thread(&self, kind: ThreadKind) -> ThreadSettings {
        ThreadSettings {
            stack_size: self.stack_sizes[kind as usize],
            kind: Some(kind),
            ..self.own_thread(kind.name())
        }
    }

    /// A thread that runs no code of the user's.
    pub(crate) fn own_thread(&self, name: &str) -> ThreadSettings {
        ThreadSettings {
            name: format!("{}-{name}", self.thread_name),
            stack_size: None,
            kind: None,
        }
    }

    /// How long a thread stays in the blocking pool of the runtime of such threads.
    pub(crate) fn keep_alive(&self, kind: ThreadKind) -> Duration {
        match kind {
            // So long it takes to notice that a worker has ended.
            ThreadKind::Crew => self.blocking_keep_alive.min(MAX_CREW_KEEP_ALIVE),
            _ => self.blocking_keep_alive,
        }
    }
}

impl Hook {
    pub(crate) fn new(code: impl Fn(ThreadKind) + Send + Sync + 'static) -> Self {
        Hook(Arc::new(code))
    }

    pub(crate) fn run(&self, kind: ThreadKind) {
        (self.0)(kind);
    }
}

impl fmt::Debug for Hook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hook")
    }
}

/// What is set for good.
pub(crate) struct Fixed {
    settings: Arc<Settings>,
    is_installed: bool,
    /// What the environment has that cannot be understood.
    problems: Vec<String>,
    are_told: AtomicBool,
}

/// Not a `OnceLock`: a fork while another thread fixes the settings would leave that locked in the child.
static FIXED: ArcSwapOption<Fixed> = ArcSwapOption::const_empty();

/// What stands in the way of [`install`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Before {
    Used,
    Installed,
}

/// Fixes these settings, but for what the environment says.
pub(crate) fn install(settings: Settings) -> Result<(), Before> {
    let fixed = Arc::new(Fixed::new(settings, true));
    match fix(fixed) {
        None => Ok(()),
        Some(before) if before.is_installed => Err(Before::Installed),
        Some(_) => Err(Before::Used),
    }
}

/// The settings of this process, which are fixed from here on.
pub(crate) fn fixed() -> Arc<Fixed> {
    if let Some(fixed) = FIXED.load_full() {
        return fixed;
    }
    let fixed = Arc::new(Fixed::new(Settings::default(), false));
    fix(Arc::clone(&fixed)).unwrap_or(fixed)
}

/// Returns what has been fixed before, if anything has.
fn fix(fixed: Arc<Fixed>) -> Option<Arc<Fixed>> {
    let none: Option<Arc<Fixed>> = None;
    let before = FIXED.compare_and_swap(&none, Some(fixed));
    before.as_ref().map(Arc::clone)
}

impl Fixed {
    fn new(mut settings: Settings, is_installed: bool) -> Self {
        let problems = Environment::read().apply_to(&mut settings);
        Fixed {
            settings: Arc::new(settings),
            is_installed,
            problems,
            are_told: AtomicBool::new(false),
        }
    }

    pub(crate) fn settings(&self) -> Arc<Settings> {
        Arc::clone(&self.settings)
    }

    /// What is to be reported, once.
    pub(crate) fn untold_problems(&self) -> &[String] {
        match self.are_told.swap(true, Relaxed) {
            true => &[],
            false => &self.problems,
        }
    }
}
