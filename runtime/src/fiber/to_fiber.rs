//! A fiber on a thread of ours, and the future that waits for it from elsewhere.

use super::Fiber;
use crate::carry::{Carried, Carrying};
use crate::context::blocked::BlockedRuntimes;
use crate::context::{Entered, Place, is_entered_by_call};
use crate::forget_panic::forget_panic;
use crate::process::process;
use crate::runtimes::fiber_threads::Counted;
use crate::start_once::or_panic;
use std::future::Future;
use std::mem;
use std::panic::{AssertUnwindSafe, Location, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::thread;
use tokio::runtime::Handle;
use tokio::task::spawn_local;

/// What a fiber and who awaits it know of each other.
struct Shared<T>(Mutex<State<T>>);

enum State<T> {
    /// The fiber has not ended.
    Running {
        /// Wakes who awaits it.
        awaiting: Option<Waker>,
        /// Wakes the task that polls it.
        fiber: Option<Waker>,
    },
    Ended(thread::Result<T>),
    /// The thread has been shut down, or the output has been taken.
    Gone,
    /// Nobody awaits it any more.
    Dropped,
}

impl<T> Shared<T> {
    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The fiber has ended, or is gone, if that has not been said before.
    fn end(&self, ended: State<T>) {
        let before = {
            let mut state = self.lock();
            match *state {
                State::Running { .. } => mem::replace(&mut *state, ended),
                // An output is of no use, and is dropped here, on its own thread.
                _ => ended,
            }
        };
        if let State::Running {
            awaiting: Some(awaiting),
            ..
        } = before
        {
            awaiting.wake();
        }
    }

    /// Whether the fiber is to go on. If it is not ready, `waker` is woken when it is not to go on any more.
    fn goes_on(&self, waker: &Waker) -> bool {
        // To clone a waker and to drop one may be code of the user's: not with the lock.
        let mut waker = Some(waker.clone());
        match &mut *self.lock() {
            State::Running { fiber, .. } => {
                mem::swap(fiber, &mut waker);
                true
            }
            _ => false,
        }
    }
}

/// Waits for a fiber on another thread. Dropped, it has that unwind.
pub(super) struct Awaiting<T> {
    shared: Arc<Shared<T>>,
}

impl<T: Send + 'static> Awaiting<T> {
    /// Begins the fiber.
    pub(super) fn begin<F>(code: F, made_at: &'static Location<'static>) -> Self
    where
        F: FnOnce() -> T + Send + 'static,
    {
        let carried = Carried::from_here();
        let blocked = BlockedRuntimes::of_this_thread();
        let shared = Arc::new(Shared(Mutex::new(State::Running {
            awaiting: None,
            fiber: None,
        })));
        let to_end = Ends(Arc::clone(&shared));
        let process = process();
        let crew = or_panic(process.crew()).handle();
        let own_crew = crew.clone();
        let job = move |counted| {
            let fiber = Carrying::of(carried, Fiber::new(code, made_at));
            drop(spawn_local(OnThread {
                fiber: InCrew {
                    crew: own_crew,
                    fiber: Some(Box::pin(fiber)),
                },
                blocked,
                ends: to_end,
                _counted: counted,
            }));
        };
        or_panic(
            process
                .fiber_threads
                .run(&process.starter, crew, Box::new(job)),
        );
        Awaiting { shared }
    }
}

impl<T> Future for Awaiting<T> {
    type Output = T;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<T> {
        // To clone a waker and to drop one is code of the user's: not with the lock.
        let mut waker = Some(cx.waker().clone());
        let ended = {
            let mut state = self.shared.lock();
            if let State::Running { awaiting, .. } = &mut *state {
                mem::swap(awaiting, &mut waker);
                return Poll::Pending;
            }
            mem::replace(&mut *state, State::Gone)
        };
        match ended {
            State::Ended(Ok(output)) => Poll::Ready(output),
            State::Ended(Err(panic)) => resume_unwind(panic),
            _ => panic!("sync-twin has been shut down before this fiber could end"),
        }
    }
}

impl<T> Drop for Awaiting<T> {
    fn drop(&mut self) {
        let before = mem::replace(&mut *self.shared.lock(), State::Dropped);
        if let State::Running {
            fiber: Some(fiber), ..
        } = before
        {
            fiber.wake();
        }
    }
}

/// Says that the fiber is gone, if it is dropped before the fiber has ended.
struct Ends<T>(Arc<Shared<T>>);

impl<T> Drop for Ends<T> {
    fn drop(&mut self) {
        self.0.end(State::Gone);
    }
}

/// A fiber whose calls live in the crew, so that its thread may block where it must, as in a destructor. Mostly the thread is in
/// it; but that crew may have crashed, and have another in its place.
struct InCrew<Fut> {
    crew: Handle,
    fiber: Option<Pin<Box<Fut>>>,
}

impl<Fut> InCrew<Fut> {
    /// Runs `code` in the crew.
    #[inline]
    fn run<T>(&mut self, code: impl FnOnce(&mut Option<Pin<Box<Fut>>>) -> T) -> T {
        if is_entered_by_call(self.crew.id()) {
            return code(&mut self.fiber);
        }
        let entered = Entered::begin(&self.crew, Place::Driver);
        let outcome = code(&mut self.fiber);
        // tokio panics if the code, which is suspended, has entered the crew itself.
        forget_panic(|| drop(entered));
        outcome
    }
}

impl<Fut: Future> InCrew<Fut> {
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Fut::Output> {
        self.run(|fiber| match fiber {
            Some(fiber) => fiber.as_mut().poll(cx),
            None => unreachable!("it has not ended"),
        })
    }
}

impl<Fut> InCrew<Fut> {
    /// If the fiber has not ended, it unwinds.
    fn end(&mut self) {
        if self.fiber.is_some() {
            self.run(|fiber| *fiber = None);
        }
    }
}

impl<Fut> Drop for InCrew<Fut> {
    fn drop(&mut self) {
        self.end();
    }
}

/// The task that polls the fiber on its thread.
struct OnThread<Fut, T> {
    // In this order: who waits goes on when the code has been unwound.
    fiber: InCrew<Fut>,
    ends: Ends<T>,
    blocked: BlockedRuntimes,
    _counted: Counted,
}

impl<Fut, T> Unpin for OnThread<Fut, T> {}

impl<Fut: Future<Output = T>, T> Future for OnThread<Fut, T> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = &mut *self;
        let _blocked = this.blocked.set_here();
        if !this.ends.0.goes_on(cx.waker()) {
            this.fiber.end();
            return Poll::Ready(());
        }
        let outcome = match catch_unwind(AssertUnwindSafe(|| this.fiber.poll(cx))) {
            Ok(Poll::Pending) => return Poll::Pending,
            Ok(Poll::Ready(output)) => Ok(output),
            Err(panic) => Err(panic),
        };
        // What has been carried is the user's, and its end must not take the outcome along.
        forget_panic(|| this.fiber.end());
        this.ends.0.end(State::Ended(outcome));
        Poll::Ready(())
    }
}
