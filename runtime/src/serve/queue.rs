//! Code that waits for one certain thread.
//!
//! The thread runs it in order, piece by piece. While it is inside a call that a task serves, it runs only what that call asks for
//! itself: code that the call's future sends to the thread for which it is polled. So the two never wait for each other, and
//! nothing else runs in the middle of a piece.

use crate::fork;
use crate::park::parker::Parker;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Waker;

pub(crate) type Code = Box<dyn FnOnce() + Send>;

pub(crate) struct Queue {
    state: Mutex<State>,
    /// How many forks deep the process was: a child does not have the thread.
    depth: usize,
}

#[derive(Default)]
struct State {
    codes: VecDeque<Code>,
    /// What a call asks for in whose middle the thread is.
    asked: VecDeque<Code>,
    /// The waits of the thread, the innermost last. It is in all of them at once, so only that one can wake.
    waits: Vec<Waker>,
    is_closed: bool,
}

thread_local! {
    /// The queue of this thread.
    static OWN: RefCell<Option<Arc<Queue>>> = const { RefCell::new(None) };
    /// Those for whose threads calls are being polled here.
    static POLLED_FOR: RefCell<Vec<Arc<Queue>>> = const { RefCell::new(Vec::new()) };
}

impl Queue {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Queue {
            state: Mutex::default(),
            depth: fork::depth(),
        })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn is_of_parent(&self) -> bool {
        self.depth != fork::depth()
    }

    /// That of this thread, if it has one.
    pub(crate) fn own() -> Option<Arc<Self>> {
        OWN.try_with(|own| own.borrow().clone()).ok().flatten()
    }

    /// Has the thread run `code`.
    pub(crate) fn push(self: &Arc<Self>, code: Code) {
        let is_asked = POLLED_FOR.try_with(|polled| {
            let polled = polled.borrow();
            polled.iter().any(|queue| Arc::ptr_eq(queue, self))
        });
        let wait = {
            let mut state = self.lock();
            match is_asked {
                Ok(true) => state.asked.push_back(code),
                _ => state.codes.push_back(code),
            }
            state.waits.last().cloned()
        };
        if let Some(wait) = wait {
            wait.wake();
        }
    }

    /// The thread ends when it has run everything.
    pub(crate) fn close(&self) {
        let wait = {
            let mut state = self.lock();
            state.is_closed = true;
            state.waits.last().cloned()
        };
        if let Some(wait) = wait {
            wait.wake();
        }
    }

    /// Runs on the thread until it is closed.
    pub(crate) fn serve(self: Arc<Self>) {
        let parker = Parker::new();
        self.lock().waits.push(parker.waker().clone());
        OWN.with(|own| *own.borrow_mut() = Some(Arc::clone(&self)));
        loop {
            let next = {
                let mut state = self.lock();
                let asked = state.asked.pop_front();
                let next = asked.or_else(|| state.codes.pop_front());
                if next.is_none() && state.is_closed {
                    break;
                }
                next
            };
            match next {
                Some(code) => code(),
                None => parker.park(),
            }
        }
        OWN.with(|own| own.borrow_mut().take());
    }
}

/// A wait of the calling thread, in which it runs what is asked of it, if it has a queue.
pub(crate) struct Wait(Option<Arc<Queue>>);

impl Wait {
    /// Whoever asks wakes `waker`.
    pub(crate) fn begin(own: Option<&Arc<Queue>>, waker: &Waker) -> Self {
        if let Some(queue) = own {
            queue.lock().waits.push(waker.clone());
        }
        Wait(own.cloned())
    }

    /// Runs what has been asked for. True if there was anything.
    pub(crate) fn run_asked(&self) -> bool {
        let Some(queue) = &self.0 else { return false };
        let Some(code) = queue.lock().asked.pop_front() else {
            return false;
        };
        code();
        true
    }
}

impl Drop for Wait {
    fn drop(&mut self) {
        if let Some(queue) = &self.0 {
            queue.lock().waits.pop();
        }
    }
}

/// A call of the thread with this queue is being polled here, until this is dropped.
pub(crate) struct PolledFor(bool);

impl PolledFor {
    pub(crate) fn begin(queue: Option<&Arc<Queue>>) -> Self {
        let has_begun = queue.is_some_and(|queue| {
            let push = |polled: &RefCell<Vec<_>>| polled.borrow_mut().push(Arc::clone(queue));
            POLLED_FOR.try_with(push).is_ok()
        });
        PolledFor(has_begun)
    }
}

impl Drop for PolledFor {
    fn drop(&mut self) {
        if self.0 {
            let own = POLLED_FOR.try_with(|polled| polled.borrow_mut().pop());
            drop(own);
        }
    }
}
