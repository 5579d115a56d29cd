//! A value that starts with its first use and then stays. The start may fail.
//!
//! It starts on the thread that starts all others, for four reasons. What it starts in turn inherits nothing from the caller
//! ([`starter`](crate::starter)). A runtime can be built there for a caller whose thread-locals are gone. It can be dropped
//! again if a part of it fails, which tokio forbids inside a `block_on`. And where tokio panics because it cannot start a
//! worker, the panic becomes an error at the call site.

use crate::starter::Starter;
use std::any::Any;
use std::cell::RefCell;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;
use std::sync::{Mutex, OnceLock, PoisonError};

thread_local! {
    /// The addresses of what this thread starts. The user's panic hook may run there, and call us.
    static STARTED_HERE: RefCell<Vec<usize>> = const { RefCell::new(Vec::new()) };
}

/// Like [`OnceLock`], but a start that fails leaves it as it was, for the next use to try again.
pub(crate) struct StartOnce<T> {
    started: OnceLock<T>,
    starting: Mutex<()>,
}

impl<T: Send + Sync + 'static> StartOnce<T> {
    pub(crate) const fn new() -> Self {
        StartOnce {
            started: OnceLock::new(),
            starting: Mutex::new(()),
        }
    }

    #[inline]
    pub(crate) fn get(&self) -> Option<&T> {
        self.started.get()
    }

    /// What has been started.
    pub(crate) fn into_inner(self) -> Option<T> {
        self.started.into_inner()
    }

    /// The value, which `start` makes if it has not been started yet, on a thread that `starter` starts.
    #[inline]
    pub(crate) fn get_or_start(
        &self,
        starter: &Starter,
        start: impl FnOnce() -> io::Result<T> + Send + 'static,
    ) -> io::Result<&T> {
        match self.started.get() {
            Some(started) => Ok(started),
            None => self.start(starter, start),
        }
    }

    #[cold]
    fn start(
        &self,
        starter: &Starter,
        start: impl FnOnce() -> io::Result<T> + Send + 'static,
    ) -> io::Result<&T> {
        let address = ptr::from_ref(self).addr();
        if STARTED_HERE.try_with(|here| here.borrow().contains(&address)) == Ok(true) {
            return Err(io::Error::other("it cannot be used by its own start"));
        }
        let _starting = self.starting.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(started) = self.started.get() {
            return Ok(started);
        }
        let started = starter.run(move || {
            STARTED_HERE.with_borrow_mut(|here| here.push(address));
            let started = catch_unwind(AssertUnwindSafe(start));
            STARTED_HERE.with_borrow_mut(Vec::pop);
            started.unwrap_or_else(|panic| Err(io::Error::other(message_of(&*panic))))
        })?;
        Ok(self.started.get_or_init(|| started))
    }
}

/// The message of a panic, if its payload is text.
fn message_of(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("it panicked").to_owned()
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
