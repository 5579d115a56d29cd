//! Setting up sync-twin for the process.

use crate::settings::{
    Before, CallInAsync, Flavor, Hook, MAX_BLOCKING, MAX_WORKERS, Observer, Policy, Settings,
    StallAfter, ThreadKind, install,
};
use std::error::Error;
use std::fmt;
use std::time::Duration;

/// Sets up sync-twin for the process, before its first use.
///
/// You need none of this: every setting has a default. A program that wants another one says so at the beginning of `main`:
///
/// ```
/// use std::time::Duration;
/// use sync_twin::{Builder, ThreadKind};
///
/// fn main() -> Result<(), sync_twin::InstallError> {
///     Builder::new()
///         .thread_name("billing")
///         .worker_threads(4)
///         .stack_size(ThreadKind::Isolated, 2 << 20)
///         .stall_after(Duration::from_secs(5))
///         .install()?;
///     // …
/// #   sync_twin::block_on(async {});
/// #   assert!(Builder::new().install().is_err());
///     Ok(())
/// }
/// ```
///
/// [The chapter on configuration](crate::guide::configuration) has a table of all settings. Some can also be set by a variable of the
/// environment. Where both say something, the variable wins: it is the operator who sets it.
///
/// There is one configuration for the process, so a *library* leaves it to the program that uses it. It stays after a
/// [`shutdown`](crate::shutdown()), and in a child of a fork.
#[derive(Clone, Debug, Default)]
#[must_use = "it does nothing until `install` is called"]
pub struct Builder {
    settings: Settings,
    /// The first value that cannot be, which `install` returns.
    invalid: Option<InstallError>,
}

impl Builder {
    /// The defaults.
    pub fn new() -> Self {
        Builder::default()
    }

    /// What the names of all threads begin with. `"billing"` makes `billing-crew`, `billing-home` and so on.
    ///
    /// The default is `sync-twin`. Linux shows the first 15 bytes of a thread's name.
    ///
    /// It must neither be empty nor contain a NUL.
    pub fn thread_name(&mut self, prefix: impl Into<String>) -> &mut Self {
        let prefix = prefix.into();
        let is_valid = !prefix.is_empty() && !prefix.contains('\0');
        self.check(is_valid, "thread_name", || {
            format!("{prefix:?}: it is empty or contains a NUL")
        });
        self.settings.thread_name = prefix;
        self
    }

    /// How large the stacks of such threads are, in bytes.
    ///
    /// The default is 8 MiB for [`ThreadKind::Isolated`], and for the others that of std's threads: 2 MiB, or what
    /// `RUST_MIN_STACK` says. See [small stacks](crate::guide::your_process#small-stacks) for what a call needs.
    ///
    /// It has to be 128 KiB at least, and at most 1 TiB (1 GiB on a system of 32 bits). If the system has not as much, a
    /// thread cannot be started, as any other: [`start`](crate::start()) returns an error, and a call panics.
    pub fn stack_size(&mut self, kind: ThreadKind, bytes: usize) -> &mut Self {
        let is_valid = (MIN_STACK..=MAX_STACK).contains(&bytes);
        self.check(is_valid, "stack_size", || {
            format!("{bytes} bytes: it has to be from {MIN_STACK} to {MAX_STACK}")
        });
        self.settings.stack_sizes[kind as usize] = Some(bytes);
        self
    }

    /// How large the stack of a [fiber](fn@crate::fiber) is, in bytes.
    ///
    /// The default is 1 MiB. Only what is touched takes memory, and a page below each stack ends a program that would leave
    /// it. Stacks of 2 MiB and more may be given memory in huge pages.
    ///
    /// It has to be 16 KiB at least, and at most 1 TiB (1 GiB on a system of 32 bits).
    #[cfg(feature = "fiber")]
    #[cfg_attr(docsrs, doc(cfg(feature = "fiber")))]
    pub fn fiber_stack_size(&mut self, bytes: usize) -> &mut Self {
        let is_valid = (MIN_FIBER_STACK..=MAX_STACK).contains(&bytes);
        self.check(is_valid, "fiber_stack_size", || {
            format!("{bytes} bytes: it has to be from {MIN_FIBER_STACK} to {MAX_STACK}")
        });
        self.settings.fiber_stack_size = bytes;
        self
    }

    /// How many threads there are for the fibers of [`to_fiber`](crate::to_fiber()), from 1 to 32,767.
    ///
    /// The default is the number of cores, and at least 2: code that blocks its thread plainly holds up the other fibers on
    /// that thread.
    #[cfg(feature = "fiber")]
    #[cfg_attr(docsrs, doc(cfg(feature = "fiber")))]
    pub fn fiber_threads(&mut self, threads: usize) -> &mut Self {
        self.check_number(threads, MAX_WORKERS, "fiber_threads");
        self.settings.fiber_threads = Some(threads);
        self
    }

    /// How many workers the crew has, from 1 to 32,767.
    ///
    /// The default is the number of cores, and at least 8: a task that blocks its worker plainly must not hold up every
    /// call. Workers cost memory when they have run something, and no time while they sleep.
    ///
    /// `SYNC_TWIN_WORKER_THREADS` sets it, too.
    pub fn worker_threads(&mut self, workers: usize) -> &mut Self {
        self.check_number(workers, MAX_WORKERS, "worker_threads");
        self.settings.worker_threads = Some(workers);
        self
    }

    /// How many workers there are for the tasks of [`spawn`](crate::spawn()), from 1 to 32,767.
    ///
    /// The default is the number of cores, and at least 2.
    ///
    /// `SYNC_TWIN_BACKGROUND_THREADS` sets it, too.
    pub fn background_threads(&mut self, workers: usize) -> &mut Self {
        self.check_number(workers, MAX_WORKERS, "background_threads");
        self.settings.background_threads = Some(workers);
        self
    }

    /// How many threads each of sync-twin's runtimes may have for `spawn_blocking`, [`to_thread`](crate::to_thread()), host
    /// names and `tokio::fs`, from 1 to 1,000,000. Further closures wait for a thread.
    ///
    /// The default is 4096. Threads start when they are needed, so a high limit costs nothing. A low one can bring calls to
    /// a standstill: code that runs on the last thread, and waits for a further one, waits for ever.
    ///
    /// `SYNC_TWIN_MAX_BLOCKING_THREADS` sets it, too.
    pub fn max_blocking_threads(&mut self, threads: usize) -> &mut Self {
        self.check_number(threads, MAX_BLOCKING, "max_blocking_threads");
        self.settings.max_blocking_threads = threads;
        self
    }

    /// How long such a thread stays that has nothing to do.
    ///
    /// The default is 10 s. Those of the crew stay for a second at most, however long this is.
    pub fn blocking_keep_alive(&mut self, time: Duration) -> &mut Self {
        self.settings.blocking_keep_alive = time;
        self
    }

    /// How long an isolation thread stays that has nothing to do.
    ///
    /// The default is 10 s. With [`Duration::ZERO`] nearly every isolated call starts a thread.
    pub fn isolation_keep_alive(&mut self, time: Duration) -> &mut Self {
        self.settings.isolation_keep_alive = time;
        self
    }

    /// On which of sync-twin's runtimes those calls live whose twins do not choose by `flavor` or `runtime`.
    ///
    /// The default is [`Flavor::Auto`].
    ///
    /// `SYNC_TWIN_FLAVOR` sets it, too: `auto`, `current_thread`, `multi_thread` or `per_thread`.
    pub fn flavor(&mut self, flavor: Flavor) -> &mut Self {
        self.settings.flavor = flavor;
        self
    }

    /// How long a call may wait before it is [reported](crate#reports); `None` turns reports about calls that wait off.
    ///
    /// The default is 10 s on a worker and on a thread that drives a current-thread runtime, 60 s elsewhere, and less where
    /// no doubt is left. A report ends nothing.
    ///
    /// `SYNC_TWIN_STALL` sets it, too: in milliseconds, or `off`.
    ///
    /// ```
    /// # use sync_twin::Builder;
    /// Builder::new().stall_after(None).install()?;
    /// # Ok::<(), sync_twin::InstallError>(())
    /// ```
    pub fn stall_after(&mut self, time: impl Into<Option<Duration>>) -> &mut Self {
        self.settings.stall_after = time.into().map_or(StallAfter::Off, StallAfter::All);
        self
    }

    /// How long a call in a task goes on after the task's runtime has begun to shut down, before [it ends like the
    /// task](crate::guide::failures). `None` lets it go on.
    ///
    /// The default is one second.
    ///
    /// `SYNC_TWIN_GRACE` sets it, too: in milliseconds, or `off`.
    pub fn grace(&mut self, time: impl Into<Option<Duration>>) -> &mut Self {
        self.settings.grace = time.into();
        self
    }

    /// How long a call of a twin may take that has no `timeout` of its own. After that it [panics where it is
    /// made](crate::guide::configuration#a-time-limit-for-all).
    ///
    /// The default is `None`. Give blocks and types a `timeout` instead where you can: that is an error, and no panic.
    ///
    /// `SYNC_TWIN_TIME_LIMIT` sets it, too: in milliseconds, or `off`.
    ///
    /// ```
    /// use std::time::Duration;
    /// use sync_twin::{Builder, sync_wrapper};
    ///
    /// #[sync_wrapper]
    /// async fn silent() {
    ///     std::future::pending().await
    /// }
    ///
    /// Builder::new().time_limit(Duration::from_millis(10)).install()?;
    /// let outcome = std::panic::catch_unwind(silent_sync);
    /// assert!(outcome.is_err());
    /// # Ok::<(), sync_twin::InstallError>(())
    /// ```
    pub fn time_limit(&mut self, limit: impl Into<Option<Duration>>) -> &mut Self {
        self.settings.time_limit = limit.into();
        self
    }

    /// What happens when a blocking call is made on the thread of a current-thread runtime ([`Context::Driver`]), whose
    /// tasks it holds up.
    ///
    /// The default is [`Policy::Warn`] for twins whose crate is built with debug assertions, as in a dev profile, and
    /// [`Policy::Allow`] for others. (For [`block_on`](crate::block_on) and the like, sync-twin's own profile counts.) A twin's
    /// option `on_driver` wins over this.
    ///
    /// `SYNC_TWIN_ON_DRIVER` sets it, too: `allow`, `warn` or `deny`.
    ///
    /// [`Context::Driver`]: crate::Context::Driver
    pub fn on_driver(&mut self, policy: Policy) -> &mut Self {
        self.settings.on_driver = Some(policy);
        self
    }

    /// What happens when a blocking call is made in a task of a multi-thread runtime ([`Context::Worker`]), where it takes
    /// up a thread; the tasks of [`spawn`](crate::spawn()) are among them.
    ///
    /// The default is [`Policy::Allow`]. A twin's option `on_worker` wins over this.
    ///
    /// `SYNC_TWIN_ON_WORKER` sets it, too: `allow`, `warn` or `deny`.
    ///
    /// [`Context::Worker`]: crate::Context::Worker
    pub fn on_worker(&mut self, policy: Policy) -> &mut Self {
        self.settings.on_worker = Some(policy);
        self
    }

    /// Passes each blocking call in async code to `observer`, before it begins: in place of warnings, and before a panic by
    /// [`Policy::Deny`].
    ///
    /// Those are the calls on a driver or a worker for which no [`Policy::Allow`] has been set, by the twin, by the
    /// environment or here. By default that is all of them, in a release build, too.
    ///
    /// The observer runs where the call is made. It may make calls, which are not passed to it. If it panics, so does
    /// the call. A call on a plain thread costs nothing more for it.
    pub fn on_blocking_in_async(
        &mut self,
        observer: impl Fn(&CallInAsync) + Send + Sync + 'static,
    ) -> &mut Self {
        self.settings.observer = Some(Observer::new(observer));
        self
    }

    /// Whether sync-twin's threads take none of the program's signals.
    ///
    /// The default is `true`. With `false`, a thread has the signal mask of the one that starts sync-twin's first thread:
    /// call [`start`](crate::start()) on a thread whose mask is right. Programs that are started on such a thread then
    /// have that mask, too, and profilers that sample by a signal see what runs there; but a handler may run there as well,
    /// and `sigwait` in `main` waits for ever for a signal that such a thread has taken.
    pub fn block_signals(&mut self, yes: bool) -> &mut Self {
        self.settings.block_signals = yes;
        self
    }

    /// Whether sync-twin's threads have the CPU affinity of the thread that calls [`start`](crate::start()), as they have
    /// all else of it (Linux).
    ///
    /// The default is `false`: they have that of the main thread. Without `start` this changes nothing.
    pub fn inherit_affinity(&mut self, yes: bool) -> &mut Self {
        self.settings.inherit_affinity = yes;
        self
    }

    /// Runs `hook` on each thread of sync-twin's own that [runs code of yours](ThreadKind), before it does.
    ///
    /// It is for what belongs to a thread: a priority, a name in a profiler, a thread-local of a C library. It may have to
    /// run while calls wait, so it should be quick.
    ///
    /// A panic of the hook goes through the panic hook, and no further: the thread goes on. A blocking call inside the hook
    /// panics if it has to wait, since the thread for which it waits may be this one.
    pub fn on_thread_start(
        &mut self,
        hook: impl Fn(ThreadKind) + Send + Sync + 'static,
    ) -> &mut Self {
        self.settings.on_thread_start = Some(Hook::new(hook));
        self
    }

    /// Runs `hook` on each of those threads before it ends, also if a panic ends it. What is said of
    /// [`on_thread_start`](Builder::on_thread_start) holds here, too.
    ///
    /// When the process ends, threads that are still there end without it; [`shutdown`](crate::shutdown()) runs it.
    pub fn on_thread_stop(
        &mut self,
        hook: impl Fn(ThreadKind) + Send + Sync + 'static,
    ) -> &mut Self {
        self.settings.on_thread_stop = Some(Hook::new(hook));
        self
    }

    /// Makes this the configuration of the process, for good. Starts nothing.
    ///
    /// Variables of the environment are read here. One that is set wins over this; a value that cannot be understood is
    /// ignored, and reported with the first use.
    ///
    /// ```
    /// use sync_twin::{Builder, InstallError};
    ///
    /// Builder::new().worker_threads(2).install()?;
    ///
    /// let again = Builder::new().worker_threads(4).install();
    /// assert_eq!(again, Err(InstallError::AlreadyInstalled));
    /// # Ok::<(), InstallError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`InstallError`] if there has been a blocking call, or anything else that uses sync-twin's threads or
    /// [figures](crate::metrics()); if a configuration has been installed; or if a value cannot be. Of several threads that
    /// install at once, one succeeds. After an error everything is as before.
    pub fn install(&self) -> Result<(), InstallError> {
        if let Some(invalid) = &self.invalid {
            return Err(invalid.clone());
        }
        install(self.settings.clone()).map_err(|before| match before {
            Before::Used => InstallError::InUse,
            Before::Installed => InstallError::AlreadyInstalled,
        })
    }

    fn check_number(&mut self, number: usize, max: usize, setting: &'static str) {
        self.check((1..=max).contains(&number), setting, || {
            format!("{number}: it has to be from 1 to {max}")
        });
    }

    fn check(&mut self, is_valid: bool, setting: &'static str, problem: impl FnOnce() -> String) {
        if !is_valid && self.invalid.is_none() {
            let problem = problem();
            self.invalid = Some(InstallError::Invalid { setting, problem });
        }
    }
}

/// With less, the first call would end the process by a stack overflow.
/// As much as a few calls of a debug build take.
#[cfg(feature = "fiber")]
const MIN_FIBER_STACK: usize = 16 << 10;

const MIN_STACK: usize = 128 << 10;

/// Far more than can be of use. std panics where the sum with a guard page overflows.
const MAX_STACK: usize = if usize::BITS > 32 { 1 << 40 } else { 1 << 30 };

/// Why [`Builder::install`] has changed nothing.
///
/// ```
/// use sync_twin::{Builder, InstallError};
///
/// sync_twin::block_on(async {});
/// let late = Builder::new().install().unwrap_err();
/// assert_eq!(late, InstallError::InUse);
///
/// let wrong = Builder::new().worker_threads(0).install().unwrap_err();
/// assert_eq!(wrong.to_string(), "`worker_threads` cannot be 0: it has to be from 1 to 32767");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum InstallError {
    /// sync-twin is in use: there has been a blocking call, a [`spawn`](crate::spawn()), or the like.
    InUse,
    /// A configuration has been installed before.
    AlreadyInstalled,
    /// A value that cannot be.
    #[non_exhaustive]
    Invalid {
        /// The method that was given it.
        setting: &'static str,
        /// The value, and what is wrong with it.
        problem: String,
    },
}

impl fmt::Display for InstallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            InstallError::InUse => f.write_str(
                "sync-twin is in use already; install its configuration at the beginning of `main`, before the first \
                 blocking call",
            ),
            InstallError::AlreadyInstalled => {
                f.write_str("a configuration of sync-twin has been installed already, and there is one for a process")
            }
            InstallError::Invalid { setting, problem } => {
                write!(f, "`{setting}` cannot be {problem}")
            }
        }
    }
}

impl Error for InstallError {}
