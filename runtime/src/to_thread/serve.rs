//! Code on a thread whose calls are served by the task that awaits it.

use super::pool::{BackgroundThreads, Pool};
use super::serving::Serving;
use super::{Awaited, ToThread};
use crate::serve::Polling;
use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::thread;

/// Awaits blocking code, and serves the calls that it makes. [`ToThread::serve`] makes it.
#[cfg(feature = "serve")]
#[cfg_attr(docsrs, doc(cfg(feature = "serve")))]
#[must_use = "nothing happens until it is awaited"]
pub struct Serve<F, T, P = BackgroundThreads>(Served<F, T, P>);

/// Awaits blocking code, and serves the calls that it makes, those included whose futures are not `Send`.
/// [`ToThread::serve_local`] makes it.
///
/// It is not `Send` itself: await it where it is made, or in a task of a `LocalSet`.
#[must_use = "nothing happens until it is awaited"]
pub struct ServeLocal<F, T, P = BackgroundThreads> {
    served: Served<F, T, P>,
    _stays: PhantomData<UseServeInTasksThatMove>,
}

/// What `serve_local` serves may not be sent, and so neither may its future. rustc names this type where somebody tries.
struct UseServeInTasksThatMove(#[expect(dead_code, reason = "it is never made")] *mut ());

struct Served<F, T, P> {
    awaited: Awaited<F, T, P>,
    is_local: bool,
    /// From the first poll on.
    serving: Option<Serving>,
    /// What the code has returned, while something is still being served.
    result: Option<thread::Result<T>>,
}

#[cfg(feature = "serve")]
impl<F, T, P> Serve<F, T, P> {
    pub(super) fn new(code: ToThread<F, T, P>) -> Self {
        Serve(Served::new(code, false))
    }
}

impl<F, T, P> ServeLocal<F, T, P> {
    pub(super) fn new(code: ToThread<F, T, P>) -> Self {
        ServeLocal {
            served: Served::new(code, true),
            _stays: PhantomData,
        }
    }
}

impl<F, T, P> Served<F, T, P> {
    fn new(code: ToThread<F, T, P>, is_local: bool) -> Self {
        Served {
            awaited: code.0,
            is_local,
            serving: None,
            result: None,
        }
    }
}

impl<F, T, P> Served<F, T, P>
where
    F: FnOnce() -> T + Send + 'static,
    T: Send + 'static,
    P: Pool,
{
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<T> {
        let is_local = self.is_local;
        let serving = self.serving.get_or_insert_with(|| Serving::new(is_local));
        if self.awaited.code.is_some() {
            // A pool that runs it at once, and here, must not have it wait for this very poll.
            let _polling = Polling::begin(serving.service());
            self.awaited.start(Some(serving.service()));
        }
        serving.poll(cx);
        if self.result.is_none() {
            match self.awaited.poll_result(cx) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(result) => self.result = Some(result),
            }
        }
        if !serving.leave() {
            return Poll::Pending;
        }
        match self.result.take() {
            Some(result) => Poll::Ready(super::pass_on(result)),
            None => unreachable!("it has just been there"),
        }
    }
}

#[cfg(feature = "serve")]
impl<F, T, P> Unpin for Serve<F, T, P> {}
impl<F, T, P> Unpin for ServeLocal<F, T, P> {}

#[cfg(feature = "serve")]
impl<F, T, P> Future for Serve<F, T, P>
where
    F: FnOnce() -> T + Send + 'static,
    T: Send + 'static,
    P: Pool,
{
    type Output = T;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<T> {
        self.get_mut().0.poll(cx)
    }
}

impl<F, T, P> Future for ServeLocal<F, T, P>
where
    F: FnOnce() -> T + Send + 'static,
    T: Send + 'static,
    P: Pool,
{
    type Output = T;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<T> {
        self.get_mut().served.poll(cx)
    }
}

#[cfg(feature = "serve")]
impl<F, T, P> fmt::Debug for Serve<F, T, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Serve").finish_non_exhaustive()
    }
}

impl<F, T, P> fmt::Debug for ServeLocal<F, T, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServeLocal").finish_non_exhaustive()
    }
}
