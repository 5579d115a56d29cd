//! The token that calls are cancelled with.
//!
//! Who waits registers its waker under the lock under which the flag is set, and looks at the flag there: so no wake-up is
//! lost. The flag alone tells who has registered before, and whose waker is still the same.

use super::Cancellation;
use std::any::Any;
use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::{Acquire, Release};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

/// Ends calls from another thread: those that have it as their `cancel`.
///
/// A clone is the same: it cancels the same calls. It is one way. What is cancelled stays so, and later calls with it end at
/// once; for the next piece of work make a new one.
///
/// ```
/// use std::thread;
/// use sync_twin::{Cancel, Cancelled, sync_wrapper};
///
/// struct Client {
///     cancel: Cancel,
/// }
///
/// #[sync_wrapper(cancel = self.cancel)]
/// impl Client {
///     async fn listen(&mut self) -> u8 {
///         std::future::pending().await
///     }
/// }
///
/// let cancel = Cancel::new();
/// let mut client = Client { cancel: cancel.clone() };
/// thread::spawn(move || cancel.cancel());
/// let ended: Result<u8, Cancelled> = client.listen_sync();
/// assert!(ended.is_err());
/// ```
#[derive(Clone, Default)]
pub struct Cancel(Arc<Shared>);

#[derive(Default)]
struct Shared {
    is_cancelled: AtomicBool,
    waiting: Mutex<Waiting>,
}

/// Who waits.
#[derive(Default)]
struct Waiting {
    next: u64,
    wakers: BTreeMap<u64, Waker>,
}

impl Cancel {
    /// One that has not been cancelled.
    #[must_use]
    pub fn new() -> Self {
        Cancel::default()
    }

    /// Ends all calls that wait with it, and all later ones. The second time it does nothing.
    ///
    /// It returns at once, and does not wait until the calls have ended. Any thread may call it, inside a runtime or not, and also
    /// one that handles signals. A signal *handler* may not, as it may not take locks.
    ///
    /// # Panics
    ///
    /// As a waker does that panics, once all have been woken.
    pub fn cancel(&self) {
        let wakers = {
            let mut waiting = self.0.lock();
            self.0.is_cancelled.store(true, Release);
            mem::take(&mut waiting.wakers)
        };
        let mut panicked: Option<Box<dyn Any + Send>> = None;
        for waker in wakers.into_values() {
            let woken = catch_unwind(AssertUnwindSafe(|| waker.wake()));
            panicked = panicked.or(woken.err());
        }
        if let Some(panic) = panicked {
            resume_unwind(panic);
        }
    }

    /// Whether it has been cancelled.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.0.is_cancelled.load(Acquire)
    }

    /// Completes when it has been cancelled, for async code: `select!` between this and something else.
    pub async fn cancelled(&self) {
        Wait {
            shared: &self.0,
            registered: None,
        }
        .await;
    }
}

impl Cancellation for Cancel {
    fn is_cancelled(&self) -> bool {
        Cancel::is_cancelled(self)
    }

    async fn cancelled(&self) {
        Cancel::cancelled(self).await;
    }
}

impl fmt::Debug for Cancel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cancel")
            .field("is_cancelled", &self.is_cancelled())
            .finish()
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Waits until it is cancelled.
struct Wait<'a> {
    shared: &'a Shared,
    /// The waker that is registered, and under which number.
    registered: Option<(u64, Waker)>,
}

impl Future for Wait<'_> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let shared = self.shared;
        if shared.is_cancelled.load(Acquire) {
            return Poll::Ready(());
        }
        let waker = cx.waker();
        if let Some((_, registered)) = &self.registered {
            if registered.will_wake(waker) {
                return Poll::Pending;
            }
        }
        // Code of the caller's, which may do anything: not under the lock.
        let (own, theirs) = (waker.clone(), waker.clone());
        let mut waiting = shared.lock();
        if shared.is_cancelled.load(Acquire) {
            return Poll::Ready(());
        }
        let key = match &self.registered {
            Some((key, _)) => *key,
            None => {
                waiting.next += 1;
                waiting.next
            }
        };
        let replaced = waiting.wakers.insert(key, theirs);
        drop(waiting);
        drop(replaced);
        self.registered = Some((key, own));
        Poll::Pending
    }
}

impl Drop for Wait<'_> {
    fn drop(&mut self) {
        if let Some((key, _)) = &self.registered {
            let waker = self.shared.lock().wakers.remove(key);
            drop(waker);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Cancel;
    use crate::cancel::{Cancellation, block_on_cancel};
    use std::future::{Future, pending, ready};
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::pin::pin;
    use std::sync::Arc;
    use std::sync::atomic::AtomicUsize;
    use std::sync::atomic::Ordering::{Release, SeqCst};
    use std::task::{Context, Wake, Waker};
    use std::thread;
    use std::time::Duration;

    struct Count(AtomicUsize);

    impl Wake for Count {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, SeqCst);
        }
    }

    struct Bomb;

    impl Wake for Bomb {
        fn wake(self: Arc<Self>) {
            panic!("it goes off");
        }
    }

    #[test]
    fn all_are_woken_once_and_nobody_stays() {
        let cancel = Cancel::new();
        let count = Arc::new(Count(AtomicUsize::new(0)));
        let (waker, bomb) = (Waker::from(Arc::clone(&count)), Waker::from(Arc::new(Bomb)));
        {
            let (mut one, mut two, mut three) = (
                pin!(cancel.cancelled()),
                pin!(cancel.cancelled()),
                pin!(cancel.cancelled()),
            );
            assert!(
                one.as_mut()
                    .poll(&mut Context::from_waker(&bomb))
                    .is_pending()
            );
            for _ in 0..2 {
                assert!(
                    two.as_mut()
                        .poll(&mut Context::from_waker(&waker))
                        .is_pending()
                );
            }
            // Who is polled by another is woken by that.
            assert!(
                three
                    .as_mut()
                    .poll(&mut Context::from_waker(&bomb))
                    .is_pending()
            );
            assert!(
                three
                    .as_mut()
                    .poll(&mut Context::from_waker(&waker))
                    .is_pending()
            );
            assert_eq!(cancel.0.lock().wakers.len(), 3);
            {
                let mut gone = pin!(cancel.cancelled());
                assert!(
                    gone.as_mut()
                        .poll(&mut Context::from_waker(&waker))
                        .is_pending()
                );
            }
            assert_eq!(cancel.0.lock().wakers.len(), 3);
            assert!(catch_unwind(AssertUnwindSafe(|| cancel.cancel())).is_err());
            assert_eq!(count.0.load(SeqCst), 2);
            assert!(
                two.as_mut()
                    .poll(&mut Context::from_waker(&waker))
                    .is_ready()
            );
        }
        assert!(cancel.0.lock().wakers.is_empty());
        cancel.cancel();
        assert!(cancel.clone().is_cancelled());
    }

    #[test]
    fn what_lends_one() {
        fn check(cancel: impl Cancellation) -> bool {
            block_on_cancel(&cancel, ready(())).is_ok()
        }
        let cancel = Cancel::new();
        assert!(check(&cancel) && check(Arc::new(cancel.clone())) && check(None::<Cancel>));
        cancel.cancel();
        assert!(!check(&cancel) && !check(Arc::new(cancel.clone())) && !check(Some(cancel)));
    }

    /// A call that is ready at once takes no lock.
    #[test]
    fn who_need_not_wait_leaves_no_trace() {
        let cancel = Cancel::new();
        let held = cancel.0.lock();
        assert_eq!(block_on_cancel(&cancel, ready(7)), Ok(7));
        assert_eq!(held.next, 0);
    }

    /// It is cancelled after a look at the flag, and before the waker is registered.
    #[test]
    fn who_comes_to_a_cancel_under_way_does_not_wait() {
        let cancel = Cancel::new();
        thread::scope(|scope| {
            let held = cancel.0.lock();
            let late = scope.spawn(|| {
                let mut late = pin!(cancel.cancelled());
                late.as_mut().poll(&mut Context::from_waker(Waker::noop()))
            });
            // Not a time that anything depends on: if it comes later still, it sees the flag.
            thread::sleep(Duration::from_millis(50));
            cancel.0.is_cancelled.store(true, Release);
            drop(held);
            assert!(late.join().unwrap().is_ready());
        });
    }

    #[test]
    fn no_wake_up_is_lost() {
        for _ in 0..500 {
            let cancel = Cancel::new();
            thread::scope(|scope| {
                scope.spawn(|| cancel.cancel());
                block_on_cancel(&cancel, pending::<()>()).unwrap_err();
            });
        }
    }
}
