//! How a blocked thread waits to be woken.
//!
//! A [`Parker`] belongs to one call. It is a flag with two ways to wait for it: [`Parker::park`] sleeps on
//! a condition variable, and [`Parker::drive`] runs a runtime until the flag is set.
//!
//! ```text
//!           wake                     wake: take the lock, wake the listener or the condition variable
//!  EMPTY ─────────▶ NOTIFIED ◀───────────────────────────────── WAITING
//!    ▲                 │                                           ▲
//!    └─── the thread ──┘            EMPTY ── the thread, with the lock held ──┘
//! ```
//!
//! Only the owning thread leaves `NOTIFIED` and enters `WAITING`. Wakers only ever set `NOTIFIED`. No wake-up is lost: a
//! waker that finds `WAITING` takes the lock, and the owner holds that lock from before it sets `WAITING` until it sleeps on
//! the condition variable, or has stored its listener.
//!
//! `DOZING` is a `WAITING` that ends by itself after [`DOZE`]. A waker on the thread that drives the home runtime may
//! defer taking the lock to the end of its round ([`deferred`]).
//!
//! `std::thread::park` would save a lock. But every executor below on the stack shares its token: a twin could consume the
//! one that `futures::executor::block_on` waits for. And at thread exit `thread::current()` may be a new handle, which
//! nobody unparks.

use crate::fork;
use crate::park::deferred;
use crate::sync::{AtomicU8, Condvar, Mutex, MutexGuard};
use std::future::Future;
use std::mem;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::atomic::Ordering::{AcqRel, Acquire};
use std::sync::{Arc, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

const EMPTY: u8 = 0;
const NOTIFIED: u8 = 1;
const WAITING: u8 = 2;
const DOZING: u8 = 3;

/// The longest that a wake-up may be deferred. Every wait that lasts longer wakes up once in vain. With 128 callers on one
/// core, a request over loopback takes half of this time.
const DOZE: Duration = Duration::from_millis(10);

thread_local! {
    /// Reused whenever no enclosing call holds it.
    static SPARE: Rc<Parker> = Rc::new(Parker::new());
}

pub(crate) struct Parker {
    signal: Arc<Signal>,
    waker: Waker,
    /// How many forks deep the process was when this was made. In a child, a thread that does not exist may hold its lock.
    depth: usize,
}

pub(crate) struct Signal {
    state: AtomicU8,
    /// The waker of the `block_on` in which the owner is driving, if it is not on the condition variable.
    listener: Mutex<Option<Waker>>,
    condvar: Condvar,
}

impl Parker {
    /// This thread's parker, or a new one if an enclosing call has that or the thread is ending. Two nested calls never
    /// share a flag.
    #[inline]
    pub(crate) fn lend() -> Rc<Self> {
        let idle = |spare: &Rc<Self>| {
            let is_idle = Rc::strong_count(spare) == 1 && spare.depth == fork::depth();
            is_idle.then(|| Rc::clone(spare))
        };
        let lent = SPARE.try_with(idle).ok().flatten();
        lent.unwrap_or_else(|| Rc::new(Self::new()))
    }

    pub(crate) fn new() -> Self {
        let signal = Arc::new(Signal {
            state: AtomicU8::new(EMPTY),
            listener: Mutex::new(None),
            condvar: Condvar::new(),
        });
        let waker = Waker::from(Arc::clone(&signal));
        Parker {
            signal,
            waker,
            depth: fork::depth(),
        }
    }

    pub(crate) fn waker(&self) -> &Waker {
        &self.waker
    }

    /// How many wakers of this one there are besides its own.
    pub(crate) fn other_wakers(&self) -> usize {
        Arc::strong_count(&self.signal) - 2
    }

    /// Takes a wake-up; true if there has been one since the last wait.
    pub(crate) fn take(&self) -> bool {
        self.signal.take_notification()
    }

    /// Sleeps until woken; returns at once if that has happened since the last wait.
    pub(crate) fn park(&self) {
        let signal = &*self.signal;
        if signal.take_notification() {
            return;
        }
        let mut listener = signal.lock_for_condvar();
        if signal.begin_wait(WAITING) {
            while !signal.take_notification() {
                listener = signal
                    .condvar
                    .wait(listener)
                    .unwrap_or_else(PoisonError::into_inner);
            }
        }
    }

    /// Sleeps until woken or until [`DOZE`] has passed; true if woken. The driver of the home runtime may defer the wake-up
    /// that long.
    pub(crate) fn doze(&self) -> bool {
        self.wait_timeout(DOZING, DOZE)
    }

    /// Sleeps until woken or until `timeout` has passed; true if woken.
    pub(crate) fn park_timeout(&self, timeout: Duration) -> bool {
        self.wait_timeout(WAITING, timeout)
    }

    fn wait_timeout(&self, state: u8, timeout: Duration) -> bool {
        let signal = &*self.signal;
        if signal.take_notification() {
            return true;
        }
        let listener = signal.lock_for_condvar();
        if signal.begin_wait(state) {
            // A spurious wake-up of the condition variable only shortens the pause.
            drop(signal.condvar.wait_timeout(listener, timeout));
            return signal.state.swap(EMPTY, AcqRel) == NOTIFIED;
        }
        true
    }

    #[cfg(test)]
    pub(crate) fn signal_with_listener(self, listener: Waker) -> Arc<Signal> {
        *self.signal.lock() = Some(listener);
        self.signal
    }

    /// Runs a runtime on this thread until woken. If that has already happened, runs it for one turn, since a future that
    /// wakes itself may wait for work of the runtime. `block_on` is that runtime's, and panics if the thread is inside
    /// another runtime.
    pub(crate) fn drive(&self, block_on: impl FnOnce(Woken<'_>)) {
        block_on(Woken {
            signal: &self.signal,
            is_first_poll: true,
        });
    }
}

/// Completes when the parker is woken, but not before the runtime has had a turn.
pub(crate) struct Woken<'a> {
    signal: &'a Signal,
    is_first_poll: bool,
}

impl Future for Woken<'_> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let signal = self.signal;
        if mem::take(&mut self.is_first_poll) && signal.is_notified() {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        if signal.take_notification() {
            return Poll::Ready(());
        }
        let mut listener = signal.lock();
        match &mut *listener {
            Some(waker) => waker.clone_from(cx.waker()),
            none => *none = Some(cx.waker().clone()),
        }
        if signal.begin_wait(WAITING) {
            Poll::Pending
        } else {
            Poll::Ready(())
        }
    }
}

impl Signal {
    fn lock(&self) -> MutexGuard<'_, Option<Waker>> {
        self.listener.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Removes the listener of an earlier wait. A waker that has set `NOTIFIED` may not have taken it yet, and the next
    /// waker would wake that listener and not the condition variable.
    fn lock_for_condvar(&self) -> MutexGuard<'_, Option<Waker>> {
        let mut listener = self.lock();
        *listener = None;
        listener
    }

    /// Ends the owner's wait, once there is a notification.
    pub(crate) fn unpark(&self) {
        let listener = self.lock().take();
        match listener {
            Some(driver) => driver.wake(),
            None => self.condvar.notify_one(),
        }
    }

    fn is_notified(&self) -> bool {
        self.state.load(Acquire) == NOTIFIED
    }

    fn take_notification(&self) -> bool {
        self.state
            .compare_exchange(NOTIFIED, EMPTY, AcqRel, Acquire)
            .is_ok()
    }

    /// Announces that the owner waits, or still waits if `drive` is polled again spuriously. Returns false if a
    /// notification came first, which this consumes.
    fn begin_wait(&self, state: u8) -> bool {
        match self.state.compare_exchange(EMPTY, state, AcqRel, Acquire) {
            Ok(_) | Err(WAITING) => true,
            Err(_) => {
                self.state.swap(EMPTY, AcqRel);
                false
            }
        }
    }
}

impl Wake for Signal {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        let was = self.state.swap(NOTIFIED, AcqRel);
        if was == WAITING || was == DOZING && !deferred::defer(self) {
            self.unpark();
        }
    }
}
