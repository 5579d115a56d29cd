//! Reports to whoever runs the program: that a call may never end, and where it was made.
//!
//! A report must not harm the call that it is about. A thread of its own writes it, so that a full pipe cannot block the
//! call. It does not take the lock of standard error, which the blocked thread may hold. Errors of writing are ignored, and
//! if no thread can be started the report is lost.

use crate::settings::SETTINGS;
use crate::starter::Starter;
use std::convert::Infallible;
use std::fs::File;
use std::io::{self, Write};
use std::panic::Location;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How many reports may wait to be written. The rest are dropped, since nobody is reading them.
const MAX_QUEUED: usize = 64;

/// How long a report that is waited for may take: it should come before what its thread does next, but must not stop it.
const MAX_WAIT: Duration = Duration::from_millis(100);

struct Report {
    text: String,
    /// Dropped when it has been written.
    _written: Option<SyncSender<Infallible>>,
}

pub(crate) struct Reports {
    starter: Arc<Starter>,
    writer: Mutex<Option<SyncSender<Report>>>,
    /// The call sites that have been reported. A call in a loop is reported once.
    reported: Mutex<Vec<&'static Location<'static>>>,
}

impl Reports {
    /// `starter` starts the thread that writes.
    pub(crate) const fn new(starter: Arc<Starter>) -> Self {
        Reports {
            starter,
            writer: Mutex::new(None),
            reported: Mutex::new(Vec::new()),
        }
    }

    /// Reports on the call that was made at `site`, unless that has been done before.
    pub(crate) fn report_once(&self, site: &'static Location<'static>, text: &str) {
        {
            let mut reported = self.reported.lock().unwrap_or_else(PoisonError::into_inner);
            if reported.contains(&site) {
                return;
            }
            reported.push(site);
        }
        self.report(text);
    }

    pub(crate) fn report(&self, text: &str) {
        self.send(text, None);
    }

    /// The same, and waits until the report has been written, if that does not take long: the process may be about to end.
    pub(crate) fn report_and_wait(&self, text: &str) {
        let (written, is_written) = sync_channel(0);
        self.send(text, Some(written));
        let _ = is_written.recv_timeout(MAX_WAIT);
    }

    fn send(&self, text: &str, written: Option<SyncSender<Infallible>>) {
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        if writer.is_none() {
            *writer = start(&self.starter).ok();
        }
        if let Some(writer) = &*writer {
            let _ = writer.try_send(Report {
                text: format!("sync-twin: {text}\n"),
                _written: written,
            });
        }
    }
}

/// Says what ends the process, on this thread: there will be no other.
pub(crate) fn write_last_words(text: &str) {
    let _ = write(format!("sync-twin: {text}\n").as_bytes());
}

fn start(starter: &Starter) -> io::Result<SyncSender<Report>> {
    let (sender, receiver) = sync_channel::<Report>(MAX_QUEUED);
    starter.start(SETTINGS.report, move || {
        for report in receiver {
            let _ = write(report.text.as_bytes());
        }
    })?;
    Ok(sender)
}

/// By a descriptor of our own: `io::stderr` has a lock, and whoever is blocked may be inside an `eprintln!`. If there is
/// no descriptor left, we have to wait for that lock.
#[cfg(unix)]
fn write(line: &[u8]) -> io::Result<()> {
    use std::os::fd::AsFd;
    match io::stderr().as_fd().try_clone_to_owned() {
        Ok(own) => File::from(own).write_all(line),
        Err(_) => io::stderr().write_all(line),
    }
}

#[cfg(windows)]
fn write(line: &[u8]) -> io::Result<()> {
    use std::os::windows::io::AsHandle;
    match io::stderr().as_handle().try_clone_to_owned() {
        Ok(own) => File::from(own).write_all(line),
        Err(_) => io::stderr().write_all(line),
    }
}

#[cfg(not(any(unix, windows)))]
fn write(line: &[u8]) -> io::Result<()> {
    io::stderr().write_all(line)
}
