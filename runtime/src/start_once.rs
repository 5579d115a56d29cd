//! A value that starts with its first use and then stays. The start may fail.
//!
//! It starts on a thread of its own, for three reasons. A runtime can be built there for a caller whose thread-locals are
//! gone. It can be dropped again if a part of it fails, which tokio forbids inside a `block_on`. And where tokio panics
//! because it cannot start a worker, the panic becomes an error at the call site.

use crate::fork;
use std::any::Any;
use std::io;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::thread::{self, ThreadId};

/// Like [`OnceLock`], but a start that fails leaves it as it was, for the next use to try again.
pub(crate) struct StartOnce<T> {
    started: OnceLock<T>,
    starting: Mutex<()>,
    /// The thread that starts it. The user's panic hook may run there, and call us.
    starter: Mutex<Option<ThreadId>>,
}

impl<T: Send + Sync> StartOnce<T> {
    pub(crate) const fn new() -> Self {
        StartOnce {
            started: OnceLock::new(),
            starting: Mutex::new(()),
            starter: Mutex::new(None),
        }
    }

    #[inline]
    pub(crate) fn get(&self) -> Option<&T> {
        self.started.get()
    }

    /// The value, which `start` makes if it has not been started yet.
    #[inline]
    pub(crate) fn get_or_start(
        &self,
        start: impl FnOnce() -> io::Result<T> + Send,
    ) -> io::Result<&T> {
        match self.started.get() {
            Some(started) => Ok(started),
            None => self.start(start),
        }
    }

    #[cold]
    fn start(&self, start: impl FnOnce() -> io::Result<T> + Send) -> io::Result<&T> {
        if *lock(&self.starter) == Some(current_thread_id()) {
            return Err(io::Error::other("it cannot be used by its own start"));
        }
        fork::may_start_threads()?;
        fork::register_handler();
        let _starting = lock(&self.starting);
        if let Some(started) = self.started.get() {
            return Ok(started);
        }
        let started = thread::scope(|scope| {
            let starter = thread::Builder::new()
                .name("sync-twin-start".to_owned())
                .spawn_scoped(scope, || {
                    *lock(&self.starter) = Some(current_thread_id());
                    start()
                })?;
            let outcome = starter.join();
            *lock(&self.starter) = None;
            outcome.unwrap_or_else(|panic| Err(io::Error::other(message_of(&*panic))))
        })?;
        Ok(self.started.get_or_init(|| started))
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The message of a panic, if its payload is text.
fn message_of(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("it panicked").to_owned()
}

fn current_thread_id() -> ThreadId {
    thread::current().id()
}

/// Panics if the start has failed: a call has no way to return that.
#[inline]
#[track_caller]
pub(crate) fn or_panic<T>(started: io::Result<T>) -> T {
    match started {
        Ok(started) => started,
        Err(error) => {
            panic!("sync-twin could not start a thread or runtime for this call: {error}")
        }
    }
}
