//! What other sessions have to say.

use super::connection::Session;
use super::{Error, Notification};
use std::time::Duration;
use sync_twin::{block_on, block_on_timeout};
use tokio::task::yield_now;

/// The notifications that a connection receives.
///
/// They are received whenever they come, and kept until they are read. The iterators begin with those.
#[derive(Debug)]
pub struct Notifications<'a> {
    pub(super) session: &'a mut Session,
}

impl Notifications<'_> {
    /// How many have been received, and not been read.
    #[must_use]
    pub fn len(&self) -> usize {
        self.session.received.len()
    }

    /// Whether there is none to be read.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Those that have been received by now.
    pub fn iter(&mut self) -> impl Iterator<Item = Result<Notification, Error>> {
        std::iter::from_fn(|| block_on(self.session.received_by_now()).map(Ok))
    }

    /// All, each as soon as it comes, until the connection ends.
    pub fn blocking_iter(&mut self) -> impl Iterator<Item = Result<Notification, Error>> {
        std::iter::from_fn(|| block_on(self.session.next_notification()).transpose())
    }

    /// The same, until none comes for so long.
    pub fn timeout_iter(
        &mut self,
        timeout: Duration,
    ) -> impl Iterator<Item = Result<Notification, Error>> {
        std::iter::from_fn(move || {
            let next = block_on_timeout(timeout, self.session.next_notification());
            next.unwrap_or(Ok(None)).transpose()
        })
    }
}

impl Session {
    /// `None` once the connection has ended. A failure is returned once.
    async fn next_notification(&mut self) -> Result<Option<Notification>, Error> {
        match self.received.recv().await {
            None => self.end().await.map(|()| None),
            notification => Ok(notification),
        }
    }

    async fn received_by_now(&mut self) -> Option<Notification> {
        // What has reached the socket comes by way of the task, which may be driven by this very thread.
        for _ in 0..TURNS {
            yield_now().await;
        }
        self.received.try_recv().ok()
    }
}

/// One for the runtime to see to the socket, one for the task that it wakes.
const TURNS: u32 = 3;
