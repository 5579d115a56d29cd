//! The way back: blocking code in async code.

use crate::carry::Carried;
use crate::context::blocked::BlockedRuntimes;
use crate::own_thread::OwnThread;
use crate::process::process;
use std::panic::resume_unwind;

/// Runs blocking code on a thread where it holds nobody up, and returns its result.
///
/// Async code must not block, since nothing else on its thread would make progress. This is Python's `asyncio.to_thread`,
/// or a `tokio::task::spawn_blocking` that works on every executor, and without one. The code may call twins.
///
/// ```
/// use std::{fs, io};
/// use sync_twin::to_thread;
///
/// async fn lines(path: &'static str) -> io::Result<usize> {
///     let text = to_thread(move || fs::read_to_string(path)).await?;
///     Ok(text.lines().count())
/// }
///
/// // Here the executor is sync-twin's, but any will do.
/// assert!(sync_twin::block_on(lines("Cargo.toml"))? > 10);
/// # io::Result::Ok(())
/// ```
///
/// Nothing happens until you await it. If you drop the future after that, the code runs to its end and its result is lost,
/// since a thread cannot be cancelled.
///
/// What [`carry`](crate::carry()) names holds in the code as it does where the future is first polled. With the feature
/// `tracing` so do the current span and the current dispatcher.
///
/// # Cost
///
/// A round trip to another thread. The first calls start the threads, up to 4,096 of them. When all are busy, code waits for
/// a free one. So if such code waits for *other* such code, limit how much of it runs at once, for example by
/// [`batch`](crate::batch()) with a limit.
///
/// # Panics
///
/// A panic of the code resumes in the future, with payload and message unchanged. Panics when no thread can be started.
pub async fn to_thread<F, T>(code: F) -> T
where
    F: FnOnce() -> T + Send + 'static,
    T: Send + 'static,
{
    let mut carried = Carried::from_here();
    let blocked = BlockedRuntimes::of_this_thread();
    let handle = process().background().spawn_blocking(move || {
        let _own = OwnThread::begin();
        let _blocked = blocked.set_here();
        carried.scope(code)
    });
    match handle.await {
        Ok(result) => result,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => resume_unwind(panic),
            Err(_cancelled) => panic!("sync-twin has been shut down before this code could begin"),
        },
    }
}
