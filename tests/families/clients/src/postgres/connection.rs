//! The task that attends to a connection.

use super::{Error, Notification, Socket};
use std::future::poll_fn;
use std::sync::Arc;
use sync_twin::sync_wrapper;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::task::{JoinHandle, spawn_blocking};
use tokio_postgres::error::DbError;
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::{AsyncMessage, Config};

/// What a client has beside the async one.
#[derive(Debug)]
pub(crate) struct Session {
    /// Gone once it has been joined.
    pub(super) task: Option<JoinHandle<Result<(), Error>>>,
    pub(super) received: UnboundedReceiver<Notification>,
}

impl Default for Session {
    /// That of a client which somebody else has made, and attends to.
    fn default() -> Self {
        let (task, received) = (None, unbounded_channel().1);
        Session { task, received }
    }
}

impl Session {
    /// Waits until the connection has ended. Whatever keeps it open has to be gone.
    pub(super) async fn end(&mut self) -> Result<(), Error> {
        let Some(task) = self.task.take() else {
            return Ok(());
        };
        task.await.unwrap_or(Ok(()))
    }
}

/// Connects, and lets a task attend to the connection.
#[sync_wrapper]
pub(super) async fn open<T>(
    config: &Config,
    tls: T,
    notice: Notice,
) -> Result<(tokio_postgres::Client, Session), Error>
where
    T: MakeTlsConnect<Socket, Stream: Send + 'static>,
{
    let (client, mut connection) = config.connect(tls).await?;
    let (notify, received) = unbounded_channel();
    let task = tokio::spawn(async move {
        loop {
            let message = poll_fn(|cx| connection.poll_message(cx)).await;
            match message.transpose()? {
                None => return Ok(()),
                Some(AsyncMessage::Notice(error)) => tell(&notice, error).await,
                // The client may be gone.
                Some(AsyncMessage::Notification(one)) => drop(notify.send(one)),
                Some(_) => {}
            }
        }
    });
    let task = Some(task);
    Ok((client, Session { task, received }))
}

/// What is done with a notice.
pub(crate) type Notice = Arc<dyn Fn(DbError) + Send + Sync>;

pub(super) fn log(notice: DbError) {
    log::info!("{}: {}", notice.severity(), notice.message());
}

/// On a thread of its own, since it may block. A panic ends there, and is reported as any other.
async fn tell(notice: &Notice, error: DbError) {
    let notice = Arc::clone(notice);
    spawn_blocking(move || notice(error)).await.ok();
}
