//! The way back: blocking code, called from async code.

use crate::context::blocked::BlockedRuntimes;
use crate::process::process;
use std::panic::resume_unwind;

/// Runs blocking code on a thread where it holds up nobody, and returns its result.
///
/// Async code must not block: everything else on its thread would stand still. This is Python's `asyncio.to_thread`,
/// or `tokio::task::spawn_blocking` that works on every executor, and on none. The code may call twins.
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
/// Nothing happens until it is awaited. When the future is dropped after that, the code goes on to its end, and its
/// result is lost: a thread cannot be cancelled.
///
/// With the feature `tracing` the code runs in the span that is current when the future is first polled.
///
/// # Cost
///
/// A round trip to another thread; the first calls start the threads. There are up to 4,096 of them. Code that comes when
/// all are busy waits for one, so code that waits for *other* such code may have to be limited, say by
/// [`batch`](crate::batch()) with a limit.
///
/// # Panics
///
/// A panic of the code goes on in the future that awaits it, with payload and message unchanged. Panics when no thread
/// can be started.
pub async fn to_thread<F, T>(code: F) -> T
where
    F: FnOnce() -> T + Send + 'static,
    T: Send + 'static,
{
    let code = in_current_span(code);
    let blocked = BlockedRuntimes::of_this_thread();
    let handle = process().background().spawn_blocking(move || {
        let _blocked = blocked.set_here();
        code()
    });
    match handle.await {
        Ok(result) => result,
        // The runtime lives as long as the process, so there is no other reason.
        Err(error) => resume_unwind(error.into_panic()),
    }
}

#[cfg(feature = "tracing")]
fn in_current_span<T>(code: impl FnOnce() -> T) -> impl FnOnce() -> T {
    let span = tracing::Span::current();
    move || span.in_scope(code)
}

#[cfg(not(feature = "tracing"))]
fn in_current_span<T>(code: impl FnOnce() -> T) -> impl FnOnce() -> T {
    code
}
