//! What the fibers of these tests do.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::SeqCst;
use std::task::{Context, Poll, RawWaker, RawWakerVTable, Wake, Waker};
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

/// A waker whose clones and ends run code of the test's.
pub(crate) struct Hooked {
    pub(crate) on_clone: Box<dyn Fn() + Send + Sync>,
    pub(crate) on_drop: Box<dyn Fn() + Send + Sync>,
    pub(crate) wakes: Arc<AtomicUsize>,
}

impl Default for Hooked {
    fn default() -> Self {
        Hooked {
            on_clone: Box::new(|| {}),
            on_drop: Box::new(|| {}),
            wakes: Arc::default(),
        }
    }
}

impl Hooked {
    const TABLE: RawWakerVTable = RawWakerVTable::new(
        |hooked| {
            // SAFETY: it comes from `waker`, or from here, and its waker has a share in it.
            let hooked = unsafe { &*hooked.cast::<Hooked>() };
            (hooked.on_clone)();
            let pointer = std::ptr::from_ref(hooked);
            // SAFETY: as above. The clone gets a share of its own.
            unsafe { Arc::increment_strong_count(pointer) };
            RawWaker::new(pointer.cast(), &Hooked::TABLE)
        },
        // SAFETY: it comes from `waker` or a clone, whose share it takes over.
        |hooked| unsafe { Arc::from_raw(hooked.cast::<Hooked>()) }.is_dropped_by(true),
        |hooked| {
            // SAFETY: it comes from `waker` or a clone, which has a share in it.
            let hooked = unsafe { &*hooked.cast::<Hooked>() };
            hooked.wakes.fetch_add(1, SeqCst);
        },
        // SAFETY: it comes from `waker` or a clone, whose share it takes over.
        |hooked| unsafe { Arc::from_raw(hooked.cast::<Hooked>()) }.is_dropped_by(false),
    );

    pub(crate) fn waker(self) -> Waker {
        let pointer = Arc::into_raw(Arc::new(self));
        // SAFETY: the functions keep the contract of wakers: they share an `Arc` of what may be used on every thread.
        unsafe { Waker::new(pointer.cast(), &Hooked::TABLE) }
    }

    fn is_dropped_by(self: Arc<Self>, wakes: bool) {
        if wakes {
            self.wakes.fetch_add(1, SeqCst);
        }
        (self.on_drop)();
    }
}
