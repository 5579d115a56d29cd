//! The way back: blocking code in async code.

mod landing;
mod one_thread;
mod pool;
mod serve;
mod serving;

pub use one_thread::OneThread;
pub use pool::{BackgroundThreads, Pool};
#[cfg(feature = "serve")]
pub use serve::Serve;
pub use serve::ServeLocal;

use crate::carry::Carried;
use crate::context::blocked::BlockedRuntimes;
use crate::forget_panic::forget_panic;
use crate::serve::Served;
use crate::serve::hub::Stage;
use crate::serve::lent::Service;
use landing::{Landing, depart};
use std::fmt;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::thread;

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
/// Twins that the code calls live on runtimes of sync-twin's own, as they do anywhere. If they are to live in your task, on the loop that
/// awaits the code, let it [`serve`](ToThread::serve) them. [`on`](ToThread::on) names other threads to run the code on.
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
pub fn to_thread<F, T>(code: F) -> ToThread<F, T>
where
    F: FnOnce() -> T + Send + 'static,
    T: Send + 'static,
{
    ToThread(Awaited {
        code: Some(code),
        pool: BackgroundThreads {},
        landing: None,
    })
}

/// Blocking code that is awaited. [`to_thread`] makes it.
#[must_use = "nothing happens until it is awaited"]
pub struct ToThread<F, T, P = BackgroundThreads>(Awaited<F, T, P>);

struct Awaited<F, T, P> {
    /// Until the first poll.
    code: Option<F>,
    pool: P,
    /// From the first poll on, until the result has been there.
    landing: Option<Landing<T>>,
}

impl<F, T, P> ToThread<F, T, P> {
    /// Has the task that awaits the code poll what the code waits for.
    ///
    /// A twin that the code calls, however deep, is sent to that task, as it would be to an isolation thread: its future is
    /// built, polled and dropped there. So it sees the task's task-locals, spawns into its runtime, and may wait for whatever
    /// else runs there: other tasks of a current-thread runtime, a connection that this runtime drives, a lock whose next
    /// holder is a task of this loop. The calling thread waits for the task; several threads are served side by side.
    ///
    /// ```
    /// use sync_twin::{sync_wrapper, to_thread};
    /// use tokio::sync::oneshot;
    ///
    /// #[sync_wrapper]
    /// async fn receive(answer: oneshot::Receiver<u32>) -> u32 {
    ///     // Here `tokio::spawn` and `REQUEST_ID.get()` are those of the task below.
    ///     answer.await.unwrap()
    /// }
    ///
    /// /// Sync code of many layers.
    /// fn legacy(answer: oneshot::Receiver<u32>) -> u32 {
    ///     receive_sync(answer)
    /// }
    ///
    /// #[tokio::main(flavor = "current_thread")]
    /// async fn main() {
    ///     let (sender, answer) = oneshot::channel();
    ///     // Only this thread runs that task.
    ///     tokio::spawn(async { sender.send(42) });
    ///     assert_eq!(to_thread(|| legacy(answer)).serve().await, 42);
    /// }
    /// ```
    ///
    /// # Which calls
    ///
    /// Those whose arguments, output and future are `Send`: the compiler knows, and nothing needs to be written. The future that
    /// this returns is `Send`, too. All others, and those with an option `runtime`, `flavor` or `isolation = "never"`, are made
    /// as in plain `to_thread`; so are [`block_on`](crate::block_on), batches, iterators of [`iter`](crate::iter()), and twins that
    /// return an `impl Trait`. [`serve_local`](Self::serve_local) also serves calls whose futures are not `Send`, and
    /// [`caller`](crate::caller()) sends any code to the task.
    ///
    /// [`Context::current`](crate::Context::current) says [`Served`](crate::Context::Served) there.
    ///
    /// # Cancelling
    ///
    /// Drop the future, and the calls that wait are dropped with it. The code is ended, too: its twins, those that wait and those
    /// that it calls later, unwind, silently and with a payload of sync-twin's own. Code that catches panics must let that one
    /// through. Code that has not begun is not begun.
    ///
    /// Not ended is a call while its thread is unwinding already, one inside [`without_cancel`](crate::without_cancel()), and any in a
    /// program that is built with `panic = "abort"`. It goes on, on the calling thread. [`Caller::is_cancelled`](crate::Caller::is_cancelled)
    /// tells sync code that it may end.
    ///
    /// If the future is forgotten (`mem::forget`), the code waits for ever at its next twin.
    ///
    /// # The task must poll
    ///
    /// The code waits as long as the future is not polled. In a `select!` whose other branch is being awaited in its body, or in a task that
    /// blocks its thread, nothing is served. Such calls are [reported](crate#reports).
    ///
    /// # Cost
    ///
    /// That of [`to_thread`], and for each call a round trip to the task, which polls all calls that it has whenever it is polled
    /// itself. A call allocates once.
    ///
    /// # Panics
    ///
    /// As [`to_thread`]. A panic of a call's future reaches the code that has made the call. Dropped, it passes on a panic of
    /// the drop of a call's future.
    #[cfg(feature = "serve")]
    #[cfg_attr(docsrs, doc(cfg(feature = "serve")))]
    pub fn serve(self) -> Serve<F, T, P> {
        Serve::new(self)
    }

    /// The same, for all calls that an isolation thread could take, whether their futures are `Send` or not.
    ///
    /// So a twin may use `spawn_local` and an `Rc` inside. For that, the future that this returns is not `Send`: await it where you
    /// are, or in a task of a `LocalSet` or of actix. In a task that may move to another thread, use [`serve`](Self::serve).
    ///
    /// ```
    /// use std::rc::Rc;
    /// use sync_twin::{sync_wrapper, to_thread};
    /// use tokio::task::{LocalSet, spawn_local};
    ///
    /// #[sync_wrapper]
    /// async fn count() -> usize {
    ///     let shared = Rc::new(());
    ///     let task = spawn_local({
    ///         let shared = Rc::clone(&shared);
    ///         async move { Rc::strong_count(&shared) }
    ///     });
    ///     task.await.unwrap()
    /// }
    ///
    /// #[tokio::main(flavor = "current_thread")]
    /// async fn main() {
    ///     let local = LocalSet::new();
    ///     let count = local.run_until(to_thread(|| count_sync()).serve_local());
    ///     assert_eq!(count.await, 2);
    /// }
    /// ```
    ///
    /// # Cancelling
    ///
    /// As [`serve`](Self::serve), with one difference. A call that must not be ended, and whose future has begun and is not `Send`, can
    /// go on nowhere else. Then the drop of this future waits for the call: the thread polls it to its end.
    /// On a current-thread runtime nothing else runs meanwhile, its timers and sockets included. If the call needs these, it waits for
    /// ever, which is reported: so where calls cannot be ended (`without_cancel`, `panic = "abort"`), await this future to its end.
    ///
    /// # Panics
    ///
    /// As [`serve`](Self::serve).
    pub fn serve_local(self) -> ServeLocal<F, T, P> {
        ServeLocal::new(self)
    }

    /// Runs the code on threads of your own: a [`Pool`].
    ///
    /// For code that computes, use the pool that computes, such as rayon's. For what is bound to one thread, such as a connection to
    /// SQLite, use a [`OneThread`].
    ///
    /// ```
    /// use sync_twin::{OneThread, to_thread};
    /// use std::thread;
    ///
    /// let database = OneThread::new("database");
    /// let first = sync_twin::block_on(to_thread(|| thread::current().id()).on(&database));
    /// let second = sync_twin::block_on(to_thread(|| thread::current().id()).on(&database));
    /// assert_eq!(first, second);
    /// ```
    ///
    /// The code may be [served](Self::serve), too.
    ///
    /// # Panics
    ///
    /// If the pool drops the code, the future panics and says so.
    pub fn on<Q: Pool>(self, pool: Q) -> ToThread<F, T, Q> {
        let Awaited { code, landing, .. } = self.0;
        ToThread(Awaited {
            code,
            pool,
            landing,
        })
    }
}

impl<F, T, P> Awaited<F, T, P>
where
    F: FnOnce() -> T + Send + 'static,
    T: Send + 'static,
    P: Pool,
{
    /// Has the code begin on its thread, if it has not before.
    fn start(&mut self, service: Option<&Arc<Service>>) {
        let Some(code) = self.code.take() else {
            return;
        };
        let (flight, landing) = depart();
        self.landing = Some(landing);
        let service = service.cloned();
        let mut carried = Carried::from_here();
        let blocked = BlockedRuntimes::of_this_thread();
        let run = move || {
            let is_cancelled = |service: &Arc<Service>| service.hub.stage() == Stage::Cancelled;
            if service.as_ref().is_some_and(is_cancelled) {
                return;
            }
            let result = catch_unwind(AssertUnwindSafe(|| {
                let _blocked = blocked.set_here();
                let _served = service.map(Served::by);
                carried.scope(code)
            }));
            flight.land(result);
        };
        self.pool.run(Box::new(move || {
            // What nobody awaits any more is dropped here, and may panic. It is no business of the thread, which may be the user's.
            forget_panic(run);
        }));
    }

    fn poll_result(&mut self, cx: &mut Context<'_>) -> Poll<thread::Result<T>> {
        let Some(landing) = &mut self.landing else {
            panic!("`ToThread` has been polled after its end");
        };
        let Poll::Ready(landed) = landing.poll(cx.waker()) else {
            return Poll::Pending;
        };
        self.landing = None;
        match landed {
            Some(result) => Poll::Ready(result),
            None => self.lost(),
        }
    }

    /// Nobody will run the code.
    fn lost(&self) -> ! {
        panic!(
            "the threads that this code was to run on have dropped it: sync-twin, or the pool that `on` names, has been shut \
             down before it could begin"
        )
    }
}

/// The result in the place where the code is awaited.
fn pass_on<T>(result: thread::Result<T>) -> T {
    result.unwrap_or_else(|panic| resume_unwind(panic))
}

impl<F, T, P> Unpin for ToThread<F, T, P> {}

impl<F, T, P> Future for ToThread<F, T, P>
where
    F: FnOnce() -> T + Send + 'static,
    T: Send + 'static,
    P: Pool,
{
    type Output = T;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<T> {
        let awaited = &mut self.get_mut().0;
        awaited.start(None);
        awaited.poll_result(cx).map(pass_on)
    }
}

impl<F, T, P> fmt::Debug for ToThread<F, T, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let has_begun = self.0.code.is_none();
        f.debug_struct("ToThread")
            .field("begun", &has_begun)
            .finish_non_exhaustive()
    }
}
