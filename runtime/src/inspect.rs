//! What the process's blocking calls are doing.

use crate::calls::{BlockedCall, Metrics, calls};
use crate::process::process;
use std::time::Duration;

/// The blocking calls of this process that wait now.
///
/// A call is listed from the moment in which it has to wait, so one that is ready at once never is. Everything that waits is
/// a call: a twin, [`block_on`](crate::block_on), a batch that is run, a `next` of an iterator, a join. Use this in a health
/// check, or from a debugger. A call that waits for long is reported without it: see [reports](crate#reports).
///
/// ```
/// use std::time::Duration;
/// use sync_twin::{block_on, blocked_calls};
/// use tokio::sync::oneshot;
///
/// let (release, released) = oneshot::channel();
/// let waiting = std::thread::spawn(|| block_on(released));
/// while blocked_calls().is_empty() {
///     std::thread::sleep(Duration::from_millis(1));
/// }
/// // src/main.rs:6:42: for 1 ms, thread ThreadId(2), outside any runtime, in home
/// println!("{}", blocked_calls()[0]);
/// # assert_eq!(blocked_calls()[0].context(), sync_twin::Context::Outside);
/// # assert_eq!(blocked_calls()[0].strategy(), sync_twin::Strategy::Home);
/// release.send(7).expect("it waits");
/// assert_eq!(waiting.join().expect("it does not panic"), Ok(7));
/// ```
///
/// It takes a lock per thread that has made calls, which that thread takes only when it begins to wait and when it ends.
#[must_use]
pub fn blocked_calls() -> Vec<BlockedCall> {
    calls().blocked()
}

/// Figures about the blocking calls that this process has made.
///
/// ```
/// use sync_twin::{Context, Strategy, block_on, metrics};
///
/// let before = metrics().calls(Context::Outside, Strategy::Home);
/// block_on(async {});
/// assert_eq!(metrics().calls(Context::Outside, Strategy::Home), before + 1);
/// ```
///
/// The figures are collected while calls go on, and each is right for its own moment only.
#[must_use]
pub fn metrics() -> Metrics {
    let process = process();
    let (counts, time) = calls().totals();
    let blocked = calls().blocked();
    let (isolation_threads, idle_isolation_threads) = process.isolation.size();
    let (thread_runtimes, idle_thread_runtimes) = process.thread_homes();
    Metrics {
        counts,
        blocked_now: blocked.len(),
        time_blocked: time + blocked.iter().map(BlockedCall::age).sum::<Duration>(),
        isolation_threads,
        idle_isolation_threads,
        thread_runtimes,
        idle_thread_runtimes,
        retired_homes: process.retired_homes(),
    }
}
