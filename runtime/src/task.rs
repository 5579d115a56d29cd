//! Futures that run while sync code does something else.

use crate::carry::{Carried, Carrying};
use crate::dispatch::{block_without_runtime, report_panic};
use crate::process::process;
use crate::timeout::{Limit, alarm, within};
use std::fmt;
use std::future::Future;
use std::panic::{Location, resume_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::task::{AbortHandle, JoinError, JoinHandle};

/// Starts `future` in the background, and returns at once.
///
/// It runs on a runtime of sync-twin's own, wherever you call this. So the future goes
/// on when the caller's runtime has ended, and when the caller blocks its only thread. This is `asyncio.create_task`, or a
/// `tokio::spawn` that needs no runtime around it.
///
/// ```
/// let task = sync_twin::spawn(async {
///     tokio::time::sleep(std::time::Duration::from_millis(5)).await;
///     6 * 7
/// });
/// // … meanwhile this thread does what it likes …
/// assert_eq!(task.join(), 42);
/// ```
///
/// To only *wait for* several futures at once you need no tasks, and then they may borrow and need not be `Send`: see
/// [`batch`](crate::batch()) and `block_on(async { tokio::join!(…) })`.
///
/// What [`carry`](crate::carry()) names holds in the future as it does here. With the feature `tracing` so do the current
/// span, which is entered for each poll, and the current dispatcher.
///
/// # Blocking in the future
///
/// It may call twins, which hand the worker's other tasks to another thread before they wait. Put code that blocks or
/// computes in other ways into [`to_thread`](crate::to_thread()), since there are only as many workers as cores.
///
/// # Cost
///
/// An allocation and the waking of a worker thread. The first call starts the workers.
///
/// # Panics
///
/// When the runtime cannot be started; the next call tries again. A panic of the future reaches the code that joins the
/// task.
#[track_caller]
pub fn spawn<F>(future: F) -> Task<F::Output>
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    let future = Carrying::of(Carried::from_here(), future);
    Task {
        handle: process().background().spawn(future),
    }
}

/// A future that runs in the background. [`spawn`] returns it.
///
/// Sync code gets its output with [`join`](Task::join) or a similar method, from every [`Context`](crate::Context). Async
/// code gets it with `.await`, on any executor. If you drop the task the future goes on, as in tokio; only
/// [`cancel`](Task::cancel) ends it. Awaiting a task whose future has panicked panics too.
///
/// ```
/// use sync_twin::spawn;
///
/// let tasks: Vec<_> = (1..=3).map(|n| spawn(async move { n * n })).collect();
/// let squares: Vec<u32> = tasks.into_iter().map(|task| task.join()).collect();
/// assert_eq!(squares, [1, 4, 9]);
/// ```
pub struct Task<T> {
    handle: JoinHandle<T>,
}

impl<T> Task<T> {
    /// Blocks until the future has completed, and returns its output.
    ///
    /// # Panics
    ///
    /// With the future's panic, payload and message unchanged, if it has panicked; also if an
    /// [`abort_handle`](Task::abort_handle) has cancelled it.
    #[track_caller]
    pub fn join(self) -> T {
        match self.try_join() {
            Ok(output) => output,
            Err(error) => pass_on_to_call(error),
        }
    }

    /// Blocks until the future has ended: completed, panicked or been cancelled.
    ///
    /// ```
    /// let task = sync_twin::spawn(async { panic!("no luck") });
    /// let error = task.try_join().unwrap_err();
    /// assert_eq!(error.into_panic().downcast_ref(), Some(&"no luck"));
    /// ```
    ///
    /// # Errors
    ///
    /// When the future has panicked, or has been cancelled by an [`abort_handle`](Task::abort_handle).
    #[track_caller]
    pub fn try_join(self) -> Result<T, JoinError> {
        block_without_runtime(|| self.handle)
    }

    /// Blocks until the future has completed, but for at most `timeout`.
    ///
    /// With [`Duration::ZERO`] it only checks whether the future has completed. [`Duration::MAX`] never ends.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// let task = sync_twin::spawn(std::future::pending::<()>());
    /// match task.join_timeout(Duration::from_millis(10)) {
    ///     Ok(()) => unreachable!(),
    ///     Err(task) => drop(task.cancel()),
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// The task itself, which goes on, if it has not completed in time.
    ///
    /// # Panics
    ///
    /// As [`join`](Task::join) does. Also on a thread that is ending ([`Context::ThreadExit`](crate::Context)), if it has
    /// to wait.
    #[track_caller]
    pub fn join_timeout(mut self, timeout: Duration) -> Result<T, Self> {
        let limit = Limit::of_caller(timeout);
        match block_without_runtime(|| within(alarm(limit), &mut self.handle)) {
            Ok(Ok(output)) => Ok(output),
            Ok(Err(error)) => pass_on_to_call(error),
            Err(_elapsed) => Err(self),
        }
    }

    /// Whether the future has ended. If so, joining it does not wait.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        self.handle.is_finished()
    }

    /// Cancels the future, and returns when it has been dropped. Returns its output if it has completed first.
    ///
    /// A future can be dropped only between polls. If it is blocking or computing in its `poll`, this waits.
    ///
    /// # Panics
    ///
    /// With the future's panic, if it has panicked first.
    #[track_caller]
    pub fn cancel(self) -> Option<T> {
        self.handle.abort();
        match self.try_join() {
            Ok(output) => Some(output),
            Err(error) if error.is_cancelled() => None,
            Err(error) => pass_on_to_call(error),
        }
    }

    /// A handle that cancels the future from elsewhere, for example while another thread joins the task.
    #[must_use]
    pub fn abort_handle(&self) -> AbortHandle {
        self.handle.abort_handle()
    }
}

/// Resumes the panic of a future, or panics because there is no output.
#[track_caller]
fn pass_on(error: JoinError) -> ! {
    match error.try_into_panic() {
        Ok(panic) => resume_unwind(panic),
        Err(_cancelled) => panic!("the task has been cancelled, so it has no output"),
    }
}

/// The same in a blocking call, of which it says where that is made.
#[track_caller]
fn pass_on_to_call(error: JoinError) -> ! {
    if error.is_panic() {
        report_panic(Location::caller());
    }
    pass_on(error)
}

impl<T> Future for Task<T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<T> {
        Pin::new(&mut self.handle)
            .poll(cx)
            .map(|output| output.unwrap_or_else(|error| pass_on(error)))
    }
}

impl<T> fmt::Debug for Task<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Task")
            .field("id", &self.handle.id())
            .field("finished", &self.is_finished())
            .finish()
    }
}
