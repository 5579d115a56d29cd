//! Reports to whoever runs the program: that a call may never end, and where it was made.
//!
//! A report must not harm what it is about. A thread of its own writes it, so that neither a full pipe nor a subscriber of
//! `tracing` can block or panic in a call. It does not take the lock of standard error, which the blocked thread may hold.
//! Errors of writing are ignored, and if no thread can be started the report is lost. A report that a subscriber causes
//! itself waits in the queue, as all others do.
//!
//! With the feature `tracing`, reports are events, if a subscriber listens to warnings. Else they are lines.

#[cfg(feature = "tracing")]
mod event;
pub(crate) mod paragraphs;
mod stall;
mod stderr;

pub(crate) use stall::Stall;

use crate::oneshot;
use crate::starter::Starter;
use std::io;
use std::panic::Location;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

/// How many reports may wait to be written. The rest are dropped, since nobody is reading them.
const MAX_QUEUED: usize = 64;

/// How long a report that is waited for may take: it should come before what its thread does next, but must not stop it.
const MAX_WAIT: Duration = Duration::from_millis(100);

/// How long the thread stays that has nothing to write.
const IDLE: Duration = Duration::from_secs(5);

struct Report {
    words: Words,
    /// Dropped when it has been written.
    _written: Option<oneshot::Sender<()>>,
}

enum Words {
    Text(String),
    Stall(Box<Stall>),
}

/// Where reports go, as long as there is a thread that writes them.
type Writer = Mutex<Option<SyncSender<Report>>>;

pub(crate) struct Reports {
    starter: Arc<Starter>,
    writer: Arc<Writer>,
    /// What has been reported: a call in a loop is reported once, of each kind.
    reported: Mutex<Vec<(&'static Location<'static>, usize)>>,
}

impl Reports {
    /// `starter` starts the thread that writes.
    pub(crate) fn new(starter: Arc<Starter>) -> Self {
        Reports {
            starter,
            writer: Arc::new(Mutex::new(None)),
            reported: Mutex::new(Vec::new()),
        }
    }

    /// Whether no call that is made at `site` has been reported before by a report of this kind.
    pub(crate) fn is_new(&self, site: &'static Location<'static>, kind: usize) -> bool {
        let report = (site, kind);
        let mut reported = self.reported.lock().unwrap_or_else(PoisonError::into_inner);
        let is_new = !reported.contains(&report);
        if is_new {
            reported.push(report);
        }
        is_new
    }

    /// Reports on the call that was made at `site`, unless that has been done before.
    pub(crate) fn report_once(&self, site: &'static Location<'static>, text: &str) {
        if self.is_new(site, usize::MAX) {
            self.report(text);
        }
    }

    pub(crate) fn report(&self, text: &str) {
        self.send(Words::Text(text.to_owned()), None);
    }

    pub(crate) fn send_stall(&self, stall: Stall) {
        self.send(Words::Stall(Box::new(stall)), None);
    }

    /// Reports, and waits until the report has been written, if that does not take long: the process may be about to end.
    pub(crate) fn report_and_wait(&self, text: &str) {
        let (written, is_written) = oneshot::channel();
        self.send(Words::Text(text.to_owned()), Some(written));
        let _ = is_written.recv_timeout(MAX_WAIT);
    }

    fn send(&self, words: Words, written: Option<oneshot::Sender<()>>) {
        let mut writer = lock(&self.writer);
        let report = Report {
            words,
            _written: written,
        };
        let report = match &*writer {
            Some(sender) => match sender.try_send(report) {
                Ok(()) | Err(TrySendError::Full(_)) => return,
                Err(TrySendError::Disconnected(report)) => report,
            },
            None => report,
        };
        *writer = self.start().ok();
        if let Some(sender) = &*writer {
            let _ = sender.try_send(report);
        }
    }

    fn start(&self) -> io::Result<SyncSender<Report>> {
        let (sender, receiver) = sync_channel::<Report>(MAX_QUEUED);
        // The thread must not keep its own sender: it ends when the reports are dropped.
        let writer = Arc::downgrade(&self.writer);
        self.starter
            .start(self.starter.settings().own_thread("report"), move || {
                write_all(&writer, &receiver)
            })?;
        Ok(sender)
    }
}

fn lock(writer: &Writer) -> MutexGuard<'_, Option<SyncSender<Report>>> {
    writer.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Writes what comes, until nothing has come for a while.
fn write_all(writer: &Weak<Writer>, reports: &Receiver<Report>) {
    loop {
        match reports.recv_timeout(IDLE) {
            Ok(report) => write(&report.words),
            Err(RecvTimeoutError::Disconnected) => return,
            Err(RecvTimeoutError::Timeout) => {
                let Some(writer) = writer.upgrade() else {
                    return;
                };
                let mut sender = lock(&writer);
                match reports.try_recv() {
                    Ok(report) => {
                        drop(sender);
                        write(&report.words);
                    }
                    Err(_) => {
                        *sender = None;
                        return;
                    }
                }
            }
        }
    }
}

/// Says what ends the process, on this thread: there will be no other.
pub(crate) fn write_last_words(text: &str) {
    write_line(text);
}

fn write_line(text: &str) {
    let _ = stderr::write(format!("sync-twin: {text}\n").as_bytes());
}

#[cfg(feature = "tracing")]
fn write(words: &Words) {
    use std::panic::{AssertUnwindSafe, catch_unwind};
    // A subscriber's panic must not end this thread, on which the next report depends.
    let is_heard = catch_unwind(AssertUnwindSafe(|| {
        let is_heard = event::is_heard();
        match words {
            _ if !is_heard => {}
            Words::Text(text) => event::send(text),
            Words::Stall(stall) => event::send_stall(stall),
        }
        is_heard
    }));
    if !is_heard.unwrap_or(false) {
        write_as_text(words);
    }
}

#[cfg(not(feature = "tracing"))]
fn write(words: &Words) {
    write_as_text(words);
}

fn write_as_text(words: &Words) {
    match words {
        Words::Text(text) => write_line(text),
        Words::Stall(stall) => write_line(&stall.text()),
    }
}
