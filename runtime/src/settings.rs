//! How the threads of sync-twin's own are named, how large their stacks are, and how long they stay.

use std::time::Duration;

/// One kind of thread.
#[derive(Clone, Copy)]
pub(crate) struct ThreadSettings {
    pub(crate) name: &'static str,
    /// `None` for that of std's threads: 2 MiB, or what `RUST_MIN_STACK` says.
    pub(crate) stack_size: Option<usize>,
}

/// The threads that run one of our runtimes, and those of its blocking pool.
#[derive(Clone, Copy)]
pub(crate) struct RuntimeSettings {
    pub(crate) threads: ThreadSettings,
    /// How many threads the blocking pool may have. Further closures wait for one.
    pub(crate) max_blocking_threads: usize,
    /// How long a thread of the blocking pool stays that has nothing to do.
    pub(crate) keep_alive: Duration,
}

/// All of them.
pub(crate) struct Settings {
    /// Starts all others.
    pub(crate) starter: ThreadSettings,
    /// Ends all runtimes, and ends.
    pub(crate) shutdown: ThreadSettings,
    /// Looks after calls that wait, while there are any.
    pub(crate) watch: ThreadSettings,
    /// Writes the reports.
    pub(crate) report: ThreadSettings,
    /// Drives home when no caller does.
    pub(crate) home: ThreadSettings,
    pub(crate) home_pool: RuntimeSettings,
    pub(crate) crew: RuntimeSettings,
    pub(crate) background: RuntimeSettings,
    /// Take over from workers of the user's.
    pub(crate) replacements: RuntimeSettings,
    pub(crate) isolation: ThreadSettings,
    /// How long an isolation thread stays that has nothing to do.
    pub(crate) isolation_keep_alive: Duration,
}

/// Far more than tokio's 512, which nested calls exhaust, and far fewer than exhaust a machine.
const MAX_BLOCKING_THREADS: usize = 4096;

/// As long as tokio's own.
const KEEP_ALIVE: Duration = Duration::from_secs(10);

/// As much as a main thread has, so code that runs there runs here.
const MAIN_STACK: usize = 8 << 20;

const fn thread(name: &'static str) -> ThreadSettings {
    ThreadSettings {
        name,
        stack_size: None,
    }
}

const fn runtime(name: &'static str) -> RuntimeSettings {
    RuntimeSettings {
        threads: thread(name),
        max_blocking_threads: MAX_BLOCKING_THREADS,
        keep_alive: KEEP_ALIVE,
    }
}

/// Those of this process.
pub(crate) static SETTINGS: Settings = Settings {
    starter: thread("sync-twin-starter"),
    shutdown: thread("sync-twin-shutdown"),
    watch: thread("sync-twin-watch"),
    report: thread("sync-twin-report"),
    home: thread("sync-twin-home"),
    home_pool: runtime("sync-twin-blocking"),
    crew: RuntimeSettings {
        // So long it takes to notice that a worker has ended.
        keep_alive: Duration::from_secs(1),
        ..runtime("sync-twin-crew")
    },
    background: runtime("sync-twin-background"),
    replacements: runtime("sync-twin-worker"),
    isolation: ThreadSettings {
        stack_size: Some(MAIN_STACK),
        ..thread("sync-twin-isolated")
    },
    isolation_keep_alive: KEEP_ALIVE,
};
