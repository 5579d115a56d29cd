//! One server for all tests of a process, as long as one of them needs it.

use super::cluster;
use std::io::{self, Write as _};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::thread::{self, JoinHandle};

static RUNNING: Mutex<Weak<Server>> = Mutex::new(Weak::new());

/// It ends with the thread that has started it, so it has one of its own.
pub(crate) struct Server {
    config: String,
    end: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// `None` where there is no PostgreSQL, which is said.
    pub(crate) fn find() -> Option<Arc<Self>> {
        let mut running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(server) = running.upgrade() {
            return Some(server);
        }
        let server = Server::start().map_err(|error| {
            // Past libtest, which keeps what a test prints to itself.
            writeln!(
                io::stderr(),
                "SKIPPED, since there is no PostgreSQL: {error}"
            )
            .ok()
        });
        let server = Arc::new(server.ok()?);
        *running = Arc::downgrade(&server);
        Some(server)
    }

    fn start() -> Result<Self, String> {
        let (end, ended) = channel::<()>();
        let (tell, told) = channel();
        let thread = thread::spawn(move || {
            let server = cluster::Server::find();
            let config = server.as_ref().map(|server| server.config().to_owned());
            tell.send(config.map_err(String::clone)).ok();
            // Until the sender is dropped.
            ended.recv().unwrap_err();
        });
        let config = told.recv().map_err(|error| error.to_string())??;
        Ok(Server {
            config,
            end: Some(end),
            thread: Some(thread),
        })
    }

    pub(crate) fn config(&self) -> &str {
        &self.config
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.end.take());
        self.thread.take().map(JoinHandle::join);
    }
}
