//! Where the future of a call is polled.

use std::fmt;

/// Where the future of a call lives, and which thread polls it.
///
/// You need not look at this to call a twin. It is here for diagnostics: see [`blocked_calls`](crate::blocked_calls) and
/// [`metrics`](crate::metrics).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Strategy {
    /// On the calling thread, in home, which that thread drives while it waits, unless another one does.
    Home,
    /// On the calling thread, in a runtime that only this thread has: `flavor = "per_thread"`.
    PerThread,
    /// On the calling thread, in the crew, which drives its sockets and timers.
    Crew,
    /// On an isolation thread, for which the calling thread waits.
    Isolated,
    /// In the task that awaits the calling code, and serves it ([`ToThread::serve`](crate::ToThread::serve)).
    Served,
    /// On the calling thread, in a runtime of yours: the option `runtime`.
    Lent,
    /// The call waits for a task of [`spawn`](crate::spawn()), which lives in the background runtime.
    Join,
    /// On the calling thread, without a runtime, since that thread is ending.
    NoRuntime,
    /// In the task that awaits the [fiber](fn@crate::fiber) that makes the call (feature `fiber`).
    #[cfg(feature = "fiber")]
    #[cfg_attr(docsrs, doc(cfg(feature = "fiber")))]
    Fiber,
}

impl Strategy {
    /// All of them, each at its own index.
    pub(crate) const ALL: &[Strategy] = &[
        Strategy::Home,
        Strategy::PerThread,
        Strategy::Crew,
        Strategy::Isolated,
        Strategy::Served,
        Strategy::Lent,
        Strategy::Join,
        Strategy::NoRuntime,
        #[cfg(feature = "fiber")]
        Strategy::Fiber,
    ];
}

impl fmt::Display for Strategy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Strategy::Home => "in home",
            Strategy::PerThread => "in its thread's runtime",
            Strategy::Crew => "in the crew",
            Strategy::Isolated => "on an isolation thread",
            Strategy::Served => "in the task that serves it",
            Strategy::Lent => "in a runtime of yours",
            Strategy::Join => "joins a task",
            Strategy::NoRuntime => "without a runtime",
            #[cfg(feature = "fiber")]
            Strategy::Fiber => "in the task of a fiber",
        })
    }
}
