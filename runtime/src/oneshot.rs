//! A value that one thread sends, once, and another one waits for.
//!
//! `std::sync::mpsc` does the same. But it has three kinds of channels inside, and rustc makes them all for each type that is sent:
//! they were a fifth of what it made of this crate.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Dropped without having sent anything, it says so.
pub(crate) struct Sender<T>(Arc<Shared<T>>);

pub(crate) struct Receiver<T>(Arc<Shared<T>>);

struct Shared<T> {
    state: Mutex<State<T>>,
    changed: Condvar,
}

enum State<T> {
    Empty,
    Sent(T),
    /// Nothing will be sent.
    Over,
}

pub(crate) fn channel<T>() -> (Sender<T>, Receiver<T>) {
    let shared = Arc::new(Shared {
        state: Mutex::new(State::Empty),
        changed: Condvar::new(),
    });
    (Sender(Arc::clone(&shared)), Receiver(shared))
}

impl<T> Shared<T> {
    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Sender<T> {
    pub(crate) fn send(self, value: T) {
        *self.0.lock() = State::Sent(value);
        self.0.changed.notify_one();
    }
}

impl<T> Drop for Sender<T> {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        if matches!(*state, State::Empty) {
            *state = State::Over;
            self.0.changed.notify_one();
        }
    }
}

impl<T> Receiver<T> {
    /// Waits for the value. `None` if it will not come.
    pub(crate) fn recv(self) -> Option<T> {
        self.recv_until(None)
    }

    /// The same, but waits no longer than this.
    pub(crate) fn recv_timeout(self, timeout: Duration) -> Option<T> {
        self.recv_until(Instant::now().checked_add(timeout))
    }

    fn recv_until(self, deadline: Option<Instant>) -> Option<T> {
        let mut state = self.0.lock();
        loop {
            match std::mem::replace(&mut *state, State::Over) {
                State::Sent(value) => return Some(value),
                State::Over => return None,
                State::Empty => *state = State::Empty,
            }
            state = match deadline {
                None => self.0.changed.wait(state),
                Some(deadline) => {
                    let left = deadline.saturating_duration_since(Instant::now());
                    if left.is_zero() {
                        return None;
                    }
                    match self.0.changed.wait_timeout(state, left) {
                        Ok((state, _)) => Ok(state),
                        Err(poisoned) => Err(PoisonError::new(poisoned.into_inner().0)),
                    }
                }
            }
            .unwrap_or_else(PoisonError::into_inner);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::channel;
    use std::thread;
    use std::time::Duration;

    #[test]
    fn what_is_sent_is_received() {
        let (sender, receiver) = channel();
        let thread = thread::spawn(move || receiver.recv());
        sender.send(7);
        assert_eq!(thread.join().unwrap(), Some(7));
        let (sender, receiver) = channel();
        sender.send(7);
        assert_eq!(receiver.recv_timeout(Duration::ZERO), Some(7));
    }

    #[test]
    fn what_will_not_be_sent_is_not_waited_for() {
        let (sender, receiver) = channel::<u8>();
        let thread = thread::spawn(move || receiver.recv());
        drop(sender);
        assert_eq!(thread.join().unwrap(), None);
    }

    #[test]
    fn a_limit_passes() {
        let (_sender, receiver) = channel::<u8>();
        assert_eq!(receiver.recv_timeout(Duration::from_millis(1)), None);
    }
}
