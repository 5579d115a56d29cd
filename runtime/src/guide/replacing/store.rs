// The async library that the examples of the chapter share, and what stands for a server.

use futures_util::stream::{self, Stream};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use tokio::task::yield_now;

/// A server's data.
type Data = Arc<Mutex<BTreeMap<String, String>>>;

/// What can go wrong.
#[derive(Debug, PartialEq)]
pub enum Error {
    /// There is no such key.
    Missing,
    /// The server did not answer in time.
    Late,
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Error::Missing => "there is no such key",
            Error::Late => "the server did not answer in time",
        })
    }
}

impl std::error::Error for Error {}

/// A connection.
#[derive(Debug, Default)]
pub struct Client {
    data: Data,
}

impl Client {
    /// Connects.
    pub async fn connect(_address: &str) -> Result<Self, Error> {
        yield_now().await;
        Ok(Client::default())
    }

    /// The value of a key.
    pub async fn get(&self, key: &str) -> Result<String, Error> {
        yield_now().await;
        if key == "slow" {
            std::future::pending::<()>().await;
        }
        self.data.lock().unwrap().get(key).cloned().ok_or(Error::Missing)
    }

    /// Begins a transaction.
    pub async fn begin(&mut self) -> Result<Transaction<'_>, Error> {
        yield_now().await;
        let before = self.data.lock().unwrap().clone();
        Ok(Transaction { client: self, before })
    }

    /// All keys, one by one.
    pub fn keys(&self) -> impl Stream<Item = Result<String, Error>> + use<> {
        let keys: Vec<_> = self.data.lock().unwrap().keys().cloned().map(Ok).collect();
        stream::iter(keys)
    }

    /// A value, piece by piece.
    pub async fn download(&self, key: &str) -> Result<Download, Error> {
        Ok(Download { rest: self.get(key).await?.into_bytes() })
    }
}

/// Changes that the server takes together.
#[derive(Debug)]
pub struct Transaction<'a> {
    client: &'a mut Client,
    before: BTreeMap<String, String>,
}

impl Transaction<'_> {
    /// Sets a key.
    pub async fn set(&self, key: &str, value: &str) -> Result<(), Error> {
        yield_now().await;
        self.client.data.lock().unwrap().insert(key.to_owned(), value.to_owned());
        Ok(())
    }

    /// Keeps the changes.
    pub async fn commit(self) -> Result<(), Error> {
        yield_now().await;
        Ok(())
    }

    /// Takes the changes back.
    pub async fn rollback(self) -> Result<(), Error> {
        yield_now().await;
        *self.client.data.lock().unwrap() = self.before;
        Ok(())
    }
}

/// A value that is on its way.
#[derive(Debug)]
pub struct Download {
    rest: Vec<u8>,
}

impl Download {
    /// The next piece, or `None` at the end.
    pub async fn chunk(&mut self) -> Result<Option<Vec<u8>>, Error> {
        yield_now().await;
        let rest = self.rest.split_off(self.rest.len().min(4));
        let piece = std::mem::replace(&mut self.rest, rest);
        Ok(Some(piece).filter(|piece| !piece.is_empty()))
    }
}
