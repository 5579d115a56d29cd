//! What sync code sees of the task that awaits it.

use crate::context::ending::Shield;
use crate::dispatch::served::{block_in_task, run_in_task};
use crate::dispatch::{MayStay, Sends};
use crate::serve::hub::Stage;
use crate::serve::lent::Service;
use crate::serve::{Served, service};
use std::fmt;
use std::future::IntoFuture;
use std::sync::Arc;

/// The task that awaits the code which calls this, and serves its calls.
///
/// Below [`to_thread(…).serve()`](crate::ToThread::serve) this is that task. Anywhere else nobody serves: then the [`Caller`] does the same
/// on the calling thread, so code need not know.
///
/// ```
/// use sync_twin::{caller, to_thread};
///
/// tokio::task_local! { static USER: &'static str; }
///
/// fn greeting() -> String {
///     // On another thread than the task.
///     let user = caller().run(|| USER.get());
///     format!("hello, {user}")
/// }
///
/// #[tokio::main(flavor = "current_thread")]
/// async fn main() {
///     let greeting = USER.scope("Ada", to_thread(greeting).serve());
///     assert_eq!(greeting.await, "hello, Ada");
/// }
/// ```
#[must_use]
pub fn caller() -> Caller {
    Caller { service: service() }
}

/// A task that serves sync code. [`caller`] returns it.
///
/// It may be kept, and sent to other threads. When the code has returned, or where nobody serves, [`run`](Caller::run) and
/// [`block_on`](Caller::block_on) do their work on the calling thread.
#[derive(Clone)]
pub struct Caller {
    service: Option<Arc<Service>>,
}

impl Caller {
    /// Whether the task has dropped the future that awaits the code. Sync code that takes long asks now and then, and returns.
    ///
    /// Always false where nobody serves.
    ///
    /// ```
    /// use sync_twin::caller;
    ///
    /// /// Of no use to anybody once the caller has gone.
    /// fn search(numbers: &[u64]) -> Option<u64> {
    ///     let caller = caller();
    ///     for part in numbers.chunks(1024) {
    ///         if caller.is_cancelled() {
    ///             return None;
    ///         }
    ///         if let Some(&found) = part.iter().find(|&&n| n % 7919 == 0) {
    ///             return Some(found);
    ///         }
    ///     }
    ///     None
    /// }
    /// assert_eq!(search(&[1, 7919, 3]), Some(7919));
    /// ```
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.service
            .as_ref()
            .is_some_and(|service| service.hub.stage() == Stage::Cancelled)
    }

    /// Runs sync code in the task, and returns its result: for what only that thread, or that task, may do.
    ///
    /// It sees the task's task-locals and thread-locals, and may touch what is bound to that thread, such as a window. It must not
    /// block, as nothing in a task must.
    ///
    /// # Panics
    ///
    /// With the panic of `code`. It also unwinds if the task has [gone](crate::ToThread::serve).
    #[track_caller]
    pub fn run<T: Send>(&self, code: impl FnOnce() -> T + Send) -> T {
        match &self.service {
            Some(service) => run_in_task(service, code),
            None => code(),
        }
    }

    /// Blocks the calling thread until the future that `make` builds has completed. The task builds it, polls it and drops it.
    ///
    /// This is the twin of one future, which need not be `Send`. Under [`serve`](crate::ToThread::serve), use
    /// [`block_on_send`](Self::block_on_send).
    ///
    /// ```
    /// use std::rc::Rc;
    /// use sync_twin::{caller, to_thread};
    ///
    /// fn count() -> usize {
    ///     caller().block_on(|| async {
    ///         let shared = Rc::new(());
    ///         tokio::task::yield_now().await;
    ///         Rc::strong_count(&shared)
    ///     })
    /// }
    ///
    /// // Served by a task, and by nobody.
    /// assert_eq!(sync_twin::block_on(to_thread(count).serve_local()), 1);
    /// assert_eq!(count(), 1);
    /// ```
    ///
    /// # Panics
    ///
    /// As [`block_on`](crate::block_on()). It also unwinds if the task has [gone](crate::ToThread::serve). And it panics
    /// under [`serve`](crate::ToThread::serve), whose future may move to another thread between polls, and what it holds with it.
    #[track_caller]
    pub fn block_on<F, Fut>(&self, make: F) -> Fut::Output
    where
        F: FnOnce() -> Fut + Send,
        Fut: IntoFuture<Output: Send>,
    {
        if let Some(service) = &self.service {
            assert!(
                service.is_local || service.hub.stage() == Stage::Left,
                "`Caller::block_on` in code that a task awaits by `serve`, which holds only futures that are `Send`: if this one is, \
                 use `block_on_send`; else await the code by `to_thread(…).serve_local()`"
            );
        }
        let make = move || make().into_future();
        block_in_task::<MayStay, _, _>(self.service.as_ref(), make)
    }

    /// The same for a future that is `Send`, in code that a task awaits by [`serve`](crate::ToThread::serve) or
    /// [`serve_local`](crate::ToThread::serve_local).
    ///
    /// ```
    /// use sync_twin::{caller, to_thread};
    ///
    /// fn double(n: &u32) -> u32 {
    ///     caller().block_on_send(|| async {
    ///         tokio::task::yield_now().await;
    ///         *n * 2
    ///     })
    /// }
    /// assert_eq!(sync_twin::block_on(to_thread(|| double(&21)).serve()), 42);
    /// ```
    ///
    /// # Panics
    ///
    /// As [`block_on`](crate::block_on()). It also unwinds if the task has [gone](crate::ToThread::serve).
    #[track_caller]
    pub fn block_on_send<F, Fut>(&self, make: F) -> Fut::Output
    where
        F: FnOnce() -> Fut + Send,
        Fut: IntoFuture<Output: Send, IntoFuture: Send>,
    {
        let make = move || make().into_future();
        block_in_task::<Sends<_>, _, _>(self.service.as_ref(), make)
    }

    /// Has the task serve the calls of `code`, too, which runs on another thread: one that the code has started, or one of a pool.
    ///
    /// ```
    /// use sync_twin::{caller, sync_wrapper, to_thread};
    ///
    /// tokio::task_local! { static FACTOR: u32; }
    ///
    /// #[sync_wrapper]
    /// async fn scale(n: u32) -> u32 {
    ///     n * FACTOR.get()
    /// }
    ///
    /// fn scale_all(numbers: &[u32]) -> Vec<u32> {
    ///     let caller = caller();
    ///     std::thread::scope(|scope| {
    ///         let threads: Vec<_> = numbers
    ///             .iter()
    ///             .map(|&n| scope.spawn({
    ///                 let caller = caller.clone();
    ///                 move || caller.scope(|| scale_sync(n))
    ///             }))
    ///             .collect();
    ///         threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    ///     })
    /// }
    ///
    /// #[tokio::main(flavor = "current_thread")]
    /// async fn main() {
    ///     let scaled = FACTOR.scope(10, to_thread(|| scale_all(&[1, 2, 3])).serve());
    ///     assert_eq!(scaled.await, [10, 20, 30]);
    /// }
    /// ```
    ///
    /// Do not call it in async code: the thread of a task that waits here may be the one that the serving task needs.
    pub fn scope<T>(&self, code: impl FnOnce() -> T) -> T {
        let _served = self.service.clone().map(Served::by);
        code()
    }
}

impl fmt::Debug for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let stage = self.service.as_ref().map(|service| service.hub.stage());
        f.debug_struct("Caller").field("stage", &stage).finish()
    }
}

/// Runs `code` whose calls must not be ended by unwinding.
///
/// A task that [serves](crate::ToThread::serve) code ends it, when it is dropped, by unwinding from a twin that waits. So does the
/// [shutdown](crate::guide::your_process) of a runtime in one of whose tasks a twin waits. Unwinding through frames of another
/// language aborts the process, and code that keeps an invariant only by returning may not bear it. Inside this, calls go on to their
/// end.
///
/// ```
/// use sync_twin::without_cancel;
///
/// extern "C" fn callback() {
///     // From C, through which nothing may unwind.
///     without_cancel(|| sync_twin::block_on(async { /* … */ }));
/// }
/// callback();
/// ```
///
/// It is for the code on this thread, and costs nothing else.
pub fn without_cancel<T>(code: impl FnOnce() -> T) -> T {
    let _shield = Shield::begin();
    code()
}
