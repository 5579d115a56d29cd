//! Something that starts with its first use and stays, but may fail to start.

use std::io;
use std::sync::{Mutex, OnceLock, PoisonError};

/// Like [`OnceLock`], but a start that fails leaves it as it was, for the next use to try again.
pub(crate) struct StartOnce<T> {
    started: OnceLock<T>,
    starting: Mutex<()>,
}

impl<T> StartOnce<T> {
    pub(crate) const fn new() -> Self {
        StartOnce {
            started: OnceLock::new(),
            starting: Mutex::new(()),
        }
    }

    pub(crate) fn get(&self) -> Option<&T> {
        self.started.get()
    }

    /// What has been started, by `start` if not before.
    #[inline]
    pub(crate) fn get_or_start(&self, start: impl FnOnce() -> io::Result<T>) -> io::Result<&T> {
        match self.started.get() {
            Some(started) => Ok(started),
            None => self.start(start),
        }
    }

    #[cold]
    fn start(&self, start: impl FnOnce() -> io::Result<T>) -> io::Result<&T> {
        let _starting = self.starting.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(started) = self.started.get() {
            return Ok(started);
        }
        let started = start()?;
        Ok(self.started.get_or_init(|| started))
    }

    /// For a thread that is part of what starts: waits for the end of that.
    pub(crate) fn wait(&self) -> Option<&T> {
        let _started = self.starting.lock().unwrap_or_else(PoisonError::into_inner);
        self.started.get()
    }
}

/// A call has no way to return that a thread or runtime could not be started.
#[track_caller]
pub(crate) fn or_panic<T>(started: io::Result<T>) -> T {
    match started {
        Ok(started) => started,
        Err(error) => {
            panic!("sync-twin could not start a thread or runtime for this call: {error}")
        }
    }
}
