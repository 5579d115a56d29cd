//! A guard that closes what is in it.

use super::{Ended, Outcome, in_drop};
use crate::dispatch::{self, MayStay, Origin};
use crate::runtime_choice::ChosenRuntime;
use crate::runtime_choice::flavor::{Flavor, auto};
use crate::timeout::{Elapsed, Limit, alarm, within};
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::panic::Location;
use std::time::Duration;

/// A value that is closed by async code when it is dropped. [`closing`] makes it, and says all about it.
///
/// It is the value by `Deref` and `DerefMut`.
#[must_use = "it is closed when it is dropped, which is now"]
pub struct Closing<T, F, R> {
    /// The value, and what closes it. Whoever takes them ends the guard.
    parts: Option<(T, F)>,
    /// How long the `Drop` may take.
    limit: Option<Duration>,
    /// Where the guard was made.
    site: &'static Location<'static>,
    /// Knows what `closing` and [`closing_local`] have asked of the types, which a `Drop` may not ask again.
    block_on: BlockOn<T, F, R>,
    describe: fn(R) -> Result<(), String>,
}

/// Closes the value, within a limit if there is one.
type BlockOn<T, F, R> =
    fn(&'static Location<'static>, Option<Duration>, T, F) -> Result<R, Elapsed>;

/// Closes `value` by async code when it is dropped: an async drop, from anywhere.
///
/// Many values of async crates have an end that is more than a `Drop`: a goodbye to a server, buffers that are flushed, a
/// child that is reaped. This guard calls it, and waits until it has completed, also where a function returns early or
/// panics.
///
/// ```
/// use sync_twin::{block_on, closing};
/// use tokio::io::{AsyncReadExt, AsyncWriteExt, BufWriter};
///
/// let (client, mut server) = tokio::io::duplex(64);
/// {
///     let mut client = closing(BufWriter::new(client), async |mut client| client.shutdown().await);
///     block_on(client.write_all(b"bye"))?;
/// } // flushes it
/// let mut received = String::new();
/// block_on(server.read_to_string(&mut received))?;
/// assert_eq!(received, "bye");
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// `close` takes the value, and drops it when it is done, in the context of a runtime. It may be an `async` closure or any
/// other that returns a future, and it returns nothing or a `Result`. As the future is built on the thread that runs it, it
/// need not be `Send`, but the value and what the closure captures have to be, so that a call from a thread that drives a
/// current-thread runtime can be isolated; [`closing_local`] does not ask for that.
///
/// # What a drop does
///
/// It may be dropped in every [`Context`](crate::Context), on a thread that panics, in the destructor of a thread-local, and
/// after [`shutdown`](crate::shutdown()). It waits as long as `close` takes, or as long as [`limit`](Closing::limit) allows:
/// give it one if the other side may be gone. What waits for long is [reported](crate#reports), by the place where the guard
/// was made. It never panics: an error that `close` returns, a limit that passes, and a panic of `close` are reported. To
/// handle an error yourself, call [`close`](Closing::close). A value that is to live on is taken out by
/// [`into_inner`](Closing::into_inner).
///
/// For a blocking type of your own, the option `close` does the same.
///
/// # Cost
///
/// That of a call, when it is dropped, and no allocation.
#[track_caller]
pub fn closing<T, F, R>(value: T, close: F) -> Closing<T, F, R>
where
    T: Send,
    F: AsyncFnOnce(T) -> R + Send,
    R: Outcome + Send,
{
    Closing {
        parts: Some((value, close)),
        limit: None,
        site: Location::caller(),
        block_on: |site, limit, value, close| match limit {
            None => Ok(dispatch::block_here_or_isolated_at::<MayStay, _, _, _>(
                site,
                Origin::OURS,
                &auto(),
                move || async move { close(value).await },
            )),
            Some(limit) => {
                let limit = Limit::of_caller(limit).at(site);
                dispatch::block_here_or_isolated_at::<MayStay, _, _, _>(
                    site,
                    Origin::OURS,
                    &auto(),
                    move || within(alarm(limit), async move { close(value).await }),
                )
            }
        },
        describe: R::into_error,
    }
}

/// Closes `value` by async code when it is dropped, as [`closing`] does, and asks nothing of the types.
///
/// The call stays on the thread that drops the guard. On one that drives a current-thread runtime, that runtime does nothing
/// meanwhile: the value must not wait for it. On a thread that is ending, whose thread-locals are gone, there is no runtime
/// for such a call: what needs tokio there panics, which is reported.
///
/// ```
/// use std::cell::Cell;
/// use std::rc::Rc;
///
/// let closed = Rc::new(Cell::new(false));
/// drop(sync_twin::closing_local(Rc::clone(&closed), async |closed| {
///     tokio::task::yield_now().await;
///     closed.set(true);
/// }));
/// assert!(closed.get());
/// ```
#[track_caller]
pub fn closing_local<T, F, R>(value: T, close: F) -> Closing<T, F, R>
where
    F: AsyncFnOnce(T) -> R,
    R: Outcome,
{
    Closing {
        parts: Some((value, close)),
        limit: None,
        site: Location::caller(),
        block_on: |site, limit, value, close| {
            let chosen = ChosenRuntime::Ours(Flavor::Auto);
            match limit {
                None => Ok(dispatch::block_here_at(
                    site,
                    Origin::OURS,
                    chosen,
                    move || async move { close(value).await },
                )),
                Some(limit) => {
                    let limit = Limit::of_caller(limit).at(site);
                    dispatch::block_here_at(site, Origin::OURS, chosen, move || {
                        within(alarm(limit), async move { close(value).await })
                    })
                }
            }
        },
        describe: R::into_error,
    }
}

impl<T, F, R> Closing<T, F, R> {
    /// Sets how long the `Drop` may take. After that it drops what is left of `close`, and with it the value, and reports it.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// let silent = sync_twin::closing("peer", async |_| std::future::pending::<()>().await);
    /// drop(silent.limit(Duration::from_millis(10)));
    /// ```
    pub fn limit(mut self, duration: Duration) -> Self {
        self.limit = Some(duration);
        self
    }

    /// Closes the value now, and returns what `close` does. It takes as long as that takes, whatever the limit of the `Drop`.
    ///
    /// ```
    /// let peer = sync_twin::closing("peer", async |_| Err::<(), _>("is gone"));
    /// assert_eq!(peer.close(), Err("is gone"));
    /// ```
    ///
    /// # Errors
    ///
    /// Those of `close`.
    ///
    /// # Panics
    ///
    /// As [`block_on`](crate::block_on) does.
    #[track_caller]
    pub fn close(mut self) -> R {
        let (value, close) = self.take();
        match (self.block_on)(Location::caller(), None, value, close) {
            Ok(output) => output,
            Err(_) => unreachable!("there is no limit"),
        }
    }

    /// Closes the value now, in at most this time, and returns what `close` does.
    ///
    /// # Errors
    ///
    /// [`Elapsed`] if the time passes first. What is left of `close` has been dropped by then, and so has the value.
    ///
    /// # Panics
    ///
    /// As [`block_on_timeout`](crate::block_on_timeout) does.
    #[track_caller]
    pub fn close_timeout(mut self, limit: Duration) -> Result<R, Elapsed> {
        let (value, close) = self.take();
        (self.block_on)(Location::caller(), Some(limit), value, close)
    }

    /// Takes the value out, which is not closed then.
    #[must_use = "nobody closes it any more"]
    pub fn into_inner(mut self) -> T {
        self.take().0
    }

    fn take(&mut self) -> (T, F) {
        match self.parts.take() {
            Some(parts) => parts,
            None => gone(),
        }
    }
}

fn gone() -> ! {
    unreachable!("the value leaves with the guard around it")
}

impl<T, F, R> Drop for Closing<T, F, R> {
    fn drop(&mut self) {
        let Some((value, close)) = self.parts.take() else {
            return;
        };
        in_drop::<T>(self.site, || -> Ended {
            let output = (self.block_on)(self.site, self.limit, value, close)?;
            Ok((self.describe)(output))
        });
    }
}

impl<T, F, R> Deref for Closing<T, F, R> {
    type Target = T;

    fn deref(&self) -> &T {
        match &self.parts {
            Some((value, _)) => value,
            None => gone(),
        }
    }
}

impl<T, F, R> DerefMut for Closing<T, F, R> {
    fn deref_mut(&mut self) -> &mut T {
        match &mut self.parts {
            Some((value, _)) => value,
            None => gone(),
        }
    }
}

impl<T: fmt::Debug, F, R> fmt::Debug for Closing<T, F, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Closing").field(&**self).finish()
    }
}
