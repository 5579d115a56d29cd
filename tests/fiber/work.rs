//! What the fibers of these tests do.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::SeqCst;
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;
use sync_twin::sync_wrapper;
use tokio::runtime::Runtime;
use tokio::sync::{mpsc, oneshot};

pub(crate) use sync_twin_tests::harness::deadline::{test_name, watch};

#[sync_wrapper]
pub(crate) async fn nap() -> u8 {
    tokio::time::sleep(Duration::from_millis(5)).await;
    7
}

#[sync_wrapper]
pub(crate) async fn yields(times: usize) -> usize {
    for _ in 0..times {
        tokio::task::yield_now().await;
    }
    times
}

#[sync_wrapper]
pub(crate) async fn receive<T>(from: oneshot::Receiver<T>) -> T {
    from.await.expect("it is sent")
}

#[sync_wrapper]
pub(crate) async fn next<T>(from: &mut mpsc::Receiver<T>) -> Option<T> {
    from.recv().await
}

#[sync_wrapper]
pub(crate) async fn never() {
    std::future::pending().await
}

pub(crate) fn current_thread() -> Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
}

pub(crate) fn multi_thread() -> Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime")
}

/// Counts its wake-ups.
#[derive(Default)]
pub(crate) struct Counting(AtomicUsize);

impl Counting {
    pub(crate) fn new() -> (Arc<Self>, Waker) {
        let counting = Arc::new(Counting::default());
        let waker = Waker::from(Arc::clone(&counting));
        (counting, waker)
    }

    pub(crate) fn wakes(&self) -> usize {
        self.0.load(SeqCst)
    }
}

impl Wake for Counting {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, SeqCst);
    }
}

/// Polls a future once, for a task with that waker.
pub(crate) fn poll_with<F: Future + Unpin>(future: &mut F, waker: &Waker) -> Poll<F::Output> {
    Pin::new(future).poll(&mut Context::from_waker(waker))
}
