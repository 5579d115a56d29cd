//! Threads that run blocking code.

use crate::own_thread::OwnThread;
use crate::process::process;

/// Threads for blocking code: what [`ToThread::on`] takes.
///
/// Any closure that has code run on some other thread is one, and so is [`OneThread`](crate::OneThread):
///
/// ```
/// use sync_twin::to_thread;
///
/// let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build()?;
/// let sum = to_thread(|| (1..=10).sum::<u32>()).on(|code| pool.spawn(code));
/// assert_eq!(sync_twin::block_on(sum), 55);
/// # Ok::<(), rayon::ThreadPoolBuildError>(())
/// ```
///
/// [`ToThread::on`]: crate::ToThread::on
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not run code on threads",
    label = "`on` takes a closure such as `|code| pool.spawn(code)`, or a `sync_twin::OneThread`"
)]
pub trait Pool {
    /// Has `code` run, once, on another thread, and returns without waiting for it.
    ///
    /// The code does not panic. If it is dropped instead, the future that awaits it panics.
    fn run(&self, code: Box<dyn FnOnce() + Send>);
}

impl<F: Fn(Box<dyn FnOnce() + Send>)> Pool for F {
    fn run(&self, code: Box<dyn FnOnce() + Send>) {
        self(code);
    }
}

/// The threads of sync-twin's own that run the code of [`to_thread`](crate::to_thread()), unless another pool is named.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct BackgroundThreads {}

impl Pool for BackgroundThreads {
    fn run(&self, code: Box<dyn FnOnce() + Send>) {
        let run = move || {
            let _own = OwnThread::begin();
            code();
        };
        drop(process().background().spawn_blocking(run));
    }
}
