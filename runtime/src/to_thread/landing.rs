//! How the result of code comes back from its thread to the task that awaits it.

use crate::forget_panic::forget_panic;
use crate::serve::bell::{Bell, Listener};
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};
use std::thread;

/// Where the task looks for it.
pub(super) struct Landing<T> {
    place: Arc<Place<T>>,
    listener: Listener,
}

/// What the thread has. Dropped without a result, it says so.
pub(super) struct Flight<T>(Arc<Place<T>>);

struct Place<T> {
    state: Mutex<State<T>>,
    bell: Bell,
}

enum State<T> {
    Out,
    Landed(thread::Result<T>),
    Lost,
}

pub(super) fn depart<T>() -> (Flight<T>, Landing<T>) {
    let place = Arc::new(Place {
        state: Mutex::new(State::Out),
        bell: Bell::new(),
    });
    let landing = Landing {
        place: Arc::clone(&place),
        listener: Listener::default(),
    };
    (Flight(place), landing)
}

impl<T> Place<T> {
    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn land(&self, state: State<T>) {
        *self.lock() = state;
        // A waker of the task's that panics is no business of the thread, which may be the user's.
        forget_panic(|| self.bell.ring());
    }
}

impl<T> Flight<T> {
    pub(super) fn land(self, result: thread::Result<T>) {
        self.0.land(State::Landed(result));
    }
}

impl<T> Drop for Flight<T> {
    fn drop(&mut self) {
        let is_out = matches!(*self.0.lock(), State::Out);
        if is_out {
            self.0.land(State::Lost);
        }
    }
}

impl<T> Landing<T> {
    /// The result, or `None` if there will be none. `waker` is woken when there is something to look at.
    pub(super) fn poll(&mut self, waker: &Waker) -> Poll<Option<thread::Result<T>>> {
        if !self.place.bell.listen(&mut self.listener, waker) {
            return Poll::Pending;
        }
        match mem::replace(&mut *self.place.lock(), State::Lost) {
            State::Out => unreachable!("it has rung for something"),
            State::Landed(result) => Poll::Ready(Some(result)),
            State::Lost => Poll::Ready(None),
        }
    }
}
