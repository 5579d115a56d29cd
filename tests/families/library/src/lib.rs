//! A small async library, as there are many: a builder, a client with a connection task, requests and responses, transactions
//! that borrow the client, streams of rows, and a trait that a client and a transaction implement.
//!
//! Its store is in memory, behind a task that the client talks to, so it needs a runtime as a real one does.

pub mod blocking;
mod connection;
mod request;
mod rows;
mod transaction;

pub use request::{Request, Response, Status};
pub use rows::{Row, RowStream};
pub use transaction::Transaction;

use async_trait::async_trait;
use connection::{Command, Connection};
use std::fmt;
use std::sync::Arc;
use sync_twin::sync_wrapper;

/// What can go wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Error {
    /// The configuration names no host.
    NoHost,
    /// The connection has ended.
    Closed,
    /// The answer was not a success.
    Status(Status),
    /// There is no such key.
    Missing(String),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::NoHost => f.write_str("no host"),
            Error::Closed => f.write_str("the connection is closed"),
            Error::Status(status) => write!(f, "{status:?}"),
            Error::Missing(key) => write!(f, "no `{key}`"),
        }
    }
}

impl std::error::Error for Error {}

/// How to connect.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Config {
    host: String,
    retries: u32,
}

#[sync_wrapper(
    type = BlockingConfig,
    derive(Clone, Debug, Default, PartialEq),
    docs = "How to connect, for blocking code.",
    map(Client = BlockingClient)
)]
impl Config {
    /// The greatest number of retries.
    pub const MOST_RETRIES: u32 = 9;

    /// Of nothing yet.
    pub fn new() -> Self {
        Config::default()
    }

    /// Connects to this host.
    pub fn host(&mut self, host: &str) -> &mut Self {
        self.host = host.to_owned();
        self
    }

    /// Tries this often.
    pub fn retries(&mut self, retries: u32) -> &mut Config {
        self.retries = retries.min(Config::MOST_RETRIES);
        self
    }

    /// The host, if that is given.
    pub fn checked(&self) -> Result<&Self, Error> {
        match self.host.as_str() {
            "" => Err(Error::NoHost),
            _ => Ok(self),
        }
    }

    /// How often it tries.
    pub fn get_retries(&self) -> u32 {
        self.retries
    }

    /// Connects.
    ///
    /// # Examples
    ///
    /// ```
    /// # async fn connect() -> Result<(), sync_twin_tests_library::Error> {
    /// let client = sync_twin_tests_library::Config::new().host("here").connect().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn connect(&self) -> Result<Client, Error> {
        let Config { host, .. } = self.checked()?;
        Ok(Client {
            connection: Connection::open(host).await,
        })
    }
}

/// A client of the store.
#[derive(Clone, Debug)]
pub struct Client {
    connection: Arc<Connection>,
}

#[sync_wrapper(
    type = BlockingClient,
    derive(Clone, Debug),
    map(
        Request = BlockingRequest,
        Response = BlockingResponse,
        Transaction = BlockingTransaction,
    )
)]
impl Client {
    /// Where it is connected.
    pub fn host(&self) -> &str {
        self.connection.host()
    }

    /// A request to be completed, and then sent.
    pub fn request(&self, key: impl Into<String>) -> Request {
        Request::new(self.clone(), key.into())
    }

    /// Sends a request.
    pub async fn execute(&self, request: Request) -> Result<Response, Error> {
        request.send().await
    }

    /// Sends several requests, one after the other.
    pub async fn execute_all(&self, requests: Vec<Request>) -> Vec<Result<Response, Error>> {
        let mut responses = Vec::new();
        for request in requests {
            responses.push(request.send().await);
        }
        responses
    }

    /// The value of a key.
    pub async fn get(&self, key: &str) -> Result<Option<String>, Error> {
        let (key, answer) = (key.to_owned(), connection::answer());
        self.connection.send(Command::Get(key, answer.0)).await?;
        answer.1.await.map_err(|_| Error::Closed)
    }

    /// Sets the value of a key.
    pub async fn set(&self, key: &str, value: &str) -> Result<(), Error> {
        let command = Command::Set(key.to_owned(), value.to_owned());
        self.connection.send(command).await
    }

    /// Begins a transaction.
    pub async fn transaction(&mut self) -> Result<Transaction<'_>, Error> {
        Transaction::begin(self, 0).await
    }

    /// Whether both are the same connection.
    pub fn is_same(&self, other: &Client) -> bool {
        Arc::ptr_eq(&self.connection, &other.connection)
    }

    /// Connected the same way, if there is another client.
    pub fn or(self, other: Option<Client>) -> Client {
        other.unwrap_or(self)
    }

    /// Calls `notice` with each key that is set from now on.
    pub async fn on_set(&self, notice: impl Fn(&str) + Send + 'static) -> Result<(), Error> {
        self.connection
            .send(Command::Notice(Box::new(notice)))
            .await
    }

    /// Ends the connection, once all is written.
    pub async fn close(self) -> Result<(), Error> {
        let answer = connection::answer();
        self.connection.send(Command::Close(answer.0)).await?;
        answer.1.await.map_err(|_| Error::Closed)
    }
}

/// What clients and transactions have in common.
#[sync_wrapper(
    trait = BlockingGenericClient,
    for(BlockingClient, BlockingTransaction<'_>),
    map(Transaction = BlockingTransaction)
)]
#[async_trait]
pub trait GenericClient: Send + Sync {
    /// The value of a key.
    async fn get(&self, key: &str) -> Result<Option<String>, Error>;

    /// Sets the value of a key.
    async fn set(&self, key: &str, value: &str) -> Result<(), Error>;

    /// Begins a transaction.
    async fn transaction(&mut self) -> Result<Transaction<'_>, Error>;

    /// How many transactions are around it.
    fn depth(&self) -> u32;
}

#[async_trait]
impl GenericClient for Client {
    async fn get(&self, key: &str) -> Result<Option<String>, Error> {
        self.get(key).await
    }

    async fn set(&self, key: &str, value: &str) -> Result<(), Error> {
        self.set(key, value).await
    }

    async fn transaction(&mut self) -> Result<Transaction<'_>, Error> {
        self.transaction().await
    }

    fn depth(&self) -> u32 {
        0
    }
}

use request::BlockingRequest;
use request::BlockingResponse;
use transaction::BlockingTransaction;
