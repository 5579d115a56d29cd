//! In place of `runtime/src/starter.rs`: what becomes of a start is told beforehand, and when it does is explored.
//!
//! The real one is a thread that serves one request after the other. Here each has a thread of its own: whatever may come
//! in that order may come here.

use crate::settings::{SETTINGS, Settings, ThreadSettings};
use crate::sync::unpoisoned;
use loom::thread::{self, JoinHandle};
use std::collections::VecDeque;
use std::io;
use std::mem;
use std::sync::Mutex;

/// What becomes of a request to start a thread.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Start {
    /// The thread comes, at once or late.
    Comes,
    /// There is no thread, which turns out at once or late.
    Fails,
    /// The request is not even taken.
    Refused,
}

pub(crate) struct Starter {
    /// Of the next requests. All others come.
    starts: Mutex<VecDeque<Start>>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

impl Starter {
    pub(crate) fn new(starts: &[Start]) -> Self {
        Starter {
            starts: Mutex::new(starts.iter().copied().collect()),
            threads: Mutex::default(),
        }
    }

    #[expect(clippy::unused_self, reason = "as the real one")]
    pub(crate) fn settings(&self) -> &'static Settings {
        &SETTINGS
    }

    pub(crate) fn start_soon(
        &self,
        _: ThreadSettings,
        code: impl FnOnce() + Send + 'static,
        on_failure: impl FnOnce(io::Error) + Send + 'static,
    ) -> io::Result<()> {
        let start = unpoisoned(&self.starts).pop_front();
        let thread = match start.unwrap_or(Start::Comes) {
            Start::Comes => thread::spawn(code),
            Start::Fails => thread::spawn(|| on_failure(io::Error::other("no thread"))),
            Start::Refused => return Err(io::Error::other("refused")),
        };
        unpoisoned(&self.threads).push(thread);
        Ok(())
    }

    /// Waits until all threads have ended.
    pub(crate) fn join(&self) {
        for thread in mem::take(&mut *unpoisoned(&self.threads)) {
            thread.join().expect("it does not panic");
        }
    }
}
