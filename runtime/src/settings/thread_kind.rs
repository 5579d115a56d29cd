//! The kinds of threads that run code of the user's.

/// A kind of thread of sync-twin's own, as [`Builder::stack_size`](crate::Builder::stack_size) and the hooks
/// [`on_thread_start`](crate::Builder::on_thread_start) and [`on_thread_stop`](crate::Builder::on_thread_stop) tell them
/// apart.
///
/// These are the threads that run code of yours: futures, tasks and closures. Those that do not (they start other
/// threads, watch, report) are no kind, run no hook and have a stack of 2 MiB.
///
/// ```
/// use sync_twin::{Builder, ThreadKind};
///
/// Builder::new()
///     .stack_size(ThreadKind::Isolated, 16 << 20)
///     .on_thread_start(|kind| println!("another {kind:?} thread"))
///     .install()?;
/// # Ok::<(), sync_twin::InstallError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ThreadKind {
    /// `sync-twin-home`: drives home, or that of a single thread, when no caller does, and so runs the tasks there.
    Home,
    /// `sync-twin-blocking`: `spawn_blocking` in home.
    Blocking,
    /// `sync-twin-crew`: the workers of the crew, and `spawn_blocking` there.
    Crew,
    /// `sync-twin-isolated`: calls whose own thread must not wait.
    Isolated,
    /// `sync-twin-background`: the tasks of [`spawn`](crate::spawn), and the closures of
    /// [`to_thread`](crate::to_thread()).
    Background,
    /// `sync-twin-worker`: goes on with the tasks of a worker of yours that waits for a call.
    Worker,
    /// `sync-twin-fiber`: the fibers of [`to_fiber`](crate::to_fiber()) (feature `fiber`).
    #[cfg(feature = "fiber")]
    #[cfg_attr(docsrs, doc(cfg(feature = "fiber")))]
    Fiber,
}

impl ThreadKind {
    pub(crate) const ALL: &[ThreadKind] = &[
        ThreadKind::Home,
        ThreadKind::Blocking,
        ThreadKind::Crew,
        ThreadKind::Isolated,
        ThreadKind::Background,
        ThreadKind::Worker,
        #[cfg(feature = "fiber")]
        ThreadKind::Fiber,
    ];

    /// What the thread's name ends with.
    pub(crate) fn name(self) -> &'static str {
        match self {
            ThreadKind::Home => "home",
            ThreadKind::Blocking => "blocking",
            ThreadKind::Crew => "crew",
            ThreadKind::Isolated => "isolated",
            ThreadKind::Background => "background",
            ThreadKind::Worker => "worker",
            #[cfg(feature = "fiber")]
            ThreadKind::Fiber => "fiber",
        }
    }
}
