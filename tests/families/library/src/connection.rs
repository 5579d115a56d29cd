//! The task that has the store, and what a client sends it.

use crate::Error;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot};

type Notice = Box<dyn Fn(&str) + Send>;

pub(crate) enum Command {
    Get(String, oneshot::Sender<Option<String>>),
    Set(String, String),
    /// Replaces all, as the end of a transaction does.
    Restore(BTreeMap<String, String>),
    All(oneshot::Sender<BTreeMap<String, String>>),
    Notice(Notice),
    Close(oneshot::Sender<()>),
}

#[derive(Clone)]
pub(crate) struct Connection {
    host: String,
    commands: mpsc::Sender<Command>,
}

pub(crate) fn answer<T>() -> (oneshot::Sender<T>, oneshot::Receiver<T>) {
    oneshot::channel()
}

impl Connection {
    pub(crate) async fn open(host: &str) -> Arc<Self> {
        let (commands, received) = mpsc::channel(4);
        tokio::spawn(serve(received));
        Arc::new(Connection {
            host: host.to_owned(),
            commands,
        })
    }

    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    pub(crate) async fn send(&self, command: Command) -> Result<(), Error> {
        let sent = self.commands.send(command).await;
        sent.map_err(|_| Error::Closed)
    }

    /// The same where nothing can wait.
    pub(crate) fn send_now(&self, command: Command) {
        let commands = self.commands.clone();
        tokio::spawn(async move { commands.send(command).await.is_ok() });
    }

    pub(crate) async fn all(&self) -> Result<BTreeMap<String, String>, Error> {
        let (sender, receiver) = answer();
        self.send(Command::All(sender)).await?;
        receiver.await.map_err(|_| Error::Closed)
    }
}

async fn serve(mut received: mpsc::Receiver<Command>) {
    let mut store = BTreeMap::new();
    let mut notices: Vec<Notice> = Vec::new();
    while let Some(command) = received.recv().await {
        // As a network would.
        tokio::task::yield_now().await;
        match command {
            Command::Get(key, answer) => drop(answer.send(store.get(&key).cloned())),
            Command::Set(key, value) => {
                notices.iter().for_each(|notice| notice(&key));
                store.insert(key, value);
            }
            Command::Restore(before) => store = before,
            Command::All(answer) => drop(answer.send(store.clone())),
            Command::Notice(notice) => notices.push(notice),
            Command::Close(answer) => {
                let _ = answer.send(());
                return;
            }
        }
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Connection").field(&self.host).finish()
    }
}
