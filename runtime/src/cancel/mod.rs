//! Ending a call from another thread.

mod token;
#[cfg(feature = "tokio-util")]
mod tokio_util;

pub use token::Cancel;

use crate::dispatch;
use crate::poll::is_large;
use pin_project_lite::pin_project;
use std::error::Error;
use std::fmt;
use std::future::{Future, IntoFuture};
use std::hash::{Hash, Hasher};
use std::io;
use std::panic::Location;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

/// What can end a call: the value of the option `cancel`.
///
/// [`Cancel`] does, `&T`, `Arc<T>` and `Option<T>` of one that does (`None` never), and with the feature `tokio-util` a
/// `tokio_util::sync::CancellationToken`. Anything else of which code can await that it is over can do it, too:
///
/// ```
/// use sync_twin::{Cancellation, block_on_cancel};
/// use std::sync::Arc;
/// use tokio::sync::Semaphore;
///
/// /// Open until its semaphore is closed.
/// struct Gate(Arc<Semaphore>);
///
/// impl Cancellation for Gate {
///     fn is_cancelled(&self) -> bool {
///         self.0.is_closed()
///     }
///
///     async fn cancelled(&self) {
///         let _ = self.0.acquire_many(u32::MAX >> 3).await;
///     }
/// }
///
/// let gate = Gate(Arc::new(Semaphore::new(0)));
/// gate.0.close();
/// assert!(block_on_cancel(&gate, std::future::pending::<()>()).is_err());
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say when a call is cancelled",
    label = "`cancel` takes a `sync_twin::Cancel`, or a reference to one",
    note = "a `tokio_util::sync::CancellationToken` needs the feature `tokio-util` of sync-twin"
)]
pub trait Cancellation {
    /// Whether it has been cancelled. A call asks before it begins, and must not have to wait for the answer.
    fn is_cancelled(&self) -> bool;

    /// Completes when it has been cancelled, at once if that is long ago.
    fn cancelled(&self) -> impl Future<Output = ()>;
}

impl<T: Cancellation + ?Sized> Cancellation for &T {
    fn is_cancelled(&self) -> bool {
        T::is_cancelled(self)
    }

    fn cancelled(&self) -> impl Future<Output = ()> {
        T::cancelled(self)
    }
}

impl<T: Cancellation + ?Sized> Cancellation for Arc<T> {
    fn is_cancelled(&self) -> bool {
        T::is_cancelled(self)
    }

    fn cancelled(&self) -> impl Future<Output = ()> {
        T::cancelled(self)
    }
}

impl<T: Cancellation> Cancellation for Option<T> {
    fn is_cancelled(&self) -> bool {
        self.as_ref().is_some_and(T::is_cancelled)
    }

    async fn cancelled(&self) {
        match self {
            Some(cancel) => cancel.cancelled().await,
            None => std::future::pending().await,
        }
    }
}

/// Blocks the calling thread until `future` has completed, or `cancel` ends that.
///
/// As [`block_on`](crate::block_on) it takes anything that can be awaited and may be called from every
/// [`Context`](crate::Context). In async code this is a `select!` with a token.
///
/// ```
/// use sync_twin::{Cancel, block_on_cancel};
///
/// let cancel = Cancel::new();
/// std::thread::spawn({
///     let cancel = cancel.clone();
///     move || cancel.cancel()
/// });
/// let ended = block_on_cancel(&cancel, std::future::pending::<()>());
/// assert!(ended.is_err());
/// ```
///
/// If it has been cancelled before, the future is not polled at all. A future that completes as it is cancelled has completed.
/// As a timeout it takes effect between polls, and cannot stop a future that computes or blocks in its `poll`. It also
/// [leaves behind](crate::block_on_timeout#what-it-leaves-behind) what a timeout does.
///
/// # Cost
///
/// That of [`block_on`](crate::block_on), and a look at `cancel`. A call that has to wait takes a lock of that twice.
///
/// # Errors
///
/// [`Cancelled`] if it is cancelled first. The future has been dropped by then.
///
/// # Panics
///
/// As [`block_on`](crate::block_on) does.
#[track_caller]
pub fn block_on_cancel<C, F>(cancel: &C, future: F) -> Result<F::Output, Cancelled>
where
    C: Cancellation + ?Sized,
    F: IntoFuture,
{
    let cancel = Cancelling::of_caller(cancel);
    if const { is_large::<F>() } {
        let future = Box::new(future);
        return dispatch::block_here(move || {
            until_cancelled(watch(cancel), move || (*future).into_future())
        });
    }
    dispatch::block_here(move || until_cancelled(watch(cancel), || future.into_future()))
}

/// The error of a call that has been cancelled. Its future has been dropped.
///
/// All are equal, whichever call it was: they say that the same happened.
///
/// As an [`io::Error`] it is of the kind `Other`. (std takes an error of the kind `Interrupted` as a reason to try again.)
#[derive(Clone, Copy, Debug)]
pub struct Cancelled {
    location: &'static Location<'static>,
}

impl Cancelled {
    /// The place in your code where the call was made.
    #[must_use]
    pub fn location(&self) -> &'static Location<'static> {
        self.location
    }
}

impl PartialEq for Cancelled {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Cancelled {}

impl Hash for Cancelled {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

impl fmt::Display for Cancelled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the blocking call at {} was cancelled", self.location)
    }
}

impl Error for Cancelled {}

impl From<Cancelled> for io::Error {
    fn from(cancelled: Cancelled) -> Self {
        io::Error::other(cancelled)
    }
}

/// What ends a call, and where that call is made.
#[derive(Clone, Copy)]
pub struct Cancelling<C> {
    cancel: C,
    location: &'static Location<'static>,
}

impl<C> Cancelling<C> {
    #[track_caller]
    fn of_caller(cancel: C) -> Self {
        Cancelling {
            cancel,
            location: Location::caller(),
        }
    }

    /// What ends a call that is made there.
    #[must_use]
    pub fn at(self, location: &'static Location<'static>) -> Self {
        Cancelling { location, ..self }
    }
}

/// The value of the option. A clone, since the call may borrow all that the value is in.
#[track_caller]
pub fn cancelling<C: Cancellation + Clone>(cancel: &C) -> Cancelling<C> {
    Cancelling::of_caller(cancel.clone())
}

/// Looks whether the call has been cancelled before it begins, and then waits until it is.
pub fn watch<C: Cancellation>(cancelling: Cancelling<C>) -> Watch<impl Future<Output = ()>> {
    let Cancelling { cancel, location } = cancelling;
    let is_over = cancel.is_cancelled();
    let cancelled = async move { cancel.cancelled().await };
    Watch {
        is_over,
        cancelled,
        location,
    }
}

/// What a call learns of its cancellation.
pub struct Watch<W> {
    is_over: bool,
    cancelled: W,
    location: &'static Location<'static>,
}

pin_project! {
    /// A future that runs until it completes or is cancelled. If it was cancelled before, there is none.
    pub struct UntilCancelled<Fut, W> {
        #[pin]
        future: Option<Fut>,
        #[pin]
        cancelled: W,
        location: &'static Location<'static>,
    }
}

/// Runs a future until it completes or is cancelled. Not an `async fn` that builds it: a closure of the twin's would be part of
/// its type.
pub fn until_cancelled<W, F, Fut>(watch: Watch<W>, make: F) -> UntilCancelled<Fut, W>
where
    W: Future<Output = ()>,
    F: FnOnce() -> Fut,
    Fut: Future,
{
    let Watch {
        is_over,
        cancelled,
        location,
    } = watch;
    UntilCancelled {
        future: (!is_over).then(make),
        cancelled,
        location,
    }
}

impl<Fut, W> Future for UntilCancelled<Fut, W>
where
    Fut: Future,
    W: Future<Output = ()>,
{
    type Output = Result<Fut::Output, Cancelled>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let location = *this.location;
        let Some(future) = this.future.as_pin_mut() else {
            return Poll::Ready(Err(Cancelled { location }));
        };
        if let Poll::Ready(output) = future.poll(cx) {
            return Poll::Ready(Ok(output));
        }
        let cancelled = this.cancelled.poll(cx);
        cancelled.map(|()| Err(Cancelled { location }))
    }
}
