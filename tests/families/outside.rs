//! The blocking twin of the library, made around it from another crate: from signatures alone.

use library::{Error, Status};
use std::time::Duration;
use sync_twin::sync_wrapper;
use sync_twin_tests_library as library;

#[sync_wrapper(
    map(
        library::Client = Client,
        library::Request = Request,
        library::Response = Response,
        library::Transaction = Transaction,
        library::Row = Row,
    )
)]
mod facade {
    use super::library::{self, GenericClient as AsyncClient};
    use super::{Duration, Error, Status, sync_wrapper};

    #[sync_wrapper(type = Config, foreign, derive(Clone, Debug, Default, PartialEq))]
    impl library::Config {
        /// The greatest number of retries.
        pub const MOST_RETRIES: u32;

        /// Of nothing yet.
        pub fn new() -> Self;
        /// Connects to this host.
        pub fn host(&mut self, host: &str) -> &mut Self;
        /// Tries this often.
        pub fn retries(&mut self, retries: u32) -> &mut library::Config;
        /// The host, if that is given.
        pub fn checked(&self) -> Result<&Self, Error>;
        /// How often it tries.
        pub fn get_retries(&self) -> u32;
        /// Connects.
        pub async fn connect(&self) -> Result<library::Client, Error>;
    }

    /// A client of the store, for blocking code.
    #[sync_wrapper(type = Client, foreign, derive(Clone, Debug))]
    impl library::Client {
        /// Where it is connected.
        pub fn host(&self) -> &str;
        /// A request to be completed, and then sent.
        pub fn request(&self, key: impl Into<String>) -> library::Request;
        /// Sends a request.
        pub async fn execute(&self, request: library::Request) -> Result<library::Response, Error>;
        /// Sends several requests, one after the other.
        pub async fn execute_all(
            &self,
            requests: Vec<library::Request>,
        ) -> Vec<Result<library::Response, Error>>;
        /// The value of a key.
        pub async fn get(&self, key: &str) -> Result<Option<String>, Error>;
        /// Sets the value of a key.
        pub async fn set(&self, key: &str, value: &str) -> Result<(), Error>;
        /// Begins a transaction.
        pub async fn transaction(&mut self) -> Result<library::Transaction<'_>, Error>;
        /// Whether both are the same connection.
        pub fn is_same(&self, other: &Self) -> bool;
        /// Connected the same way, if there is another client.
        pub fn or(self, other: Option<Self>) -> Self;
        /// Calls `notice` with each key that is set from now on.
        pub async fn on_set(&self, notice: impl Fn(&str) + Send + 'static) -> Result<(), Error>;
        /// Ends the connection, once all is written.
        pub async fn close(self) -> Result<(), Error>;
    }

    #[sync_wrapper(type = Request, foreign, derive(Debug))]
    #[must_use]
    impl library::Request {
        /// Sets this value first.
        pub fn value<T: ToString>(self, value: T) -> Self;
        /// Waits for at most this long.
        pub fn timeout(self, timeout: Duration) -> Self;
        /// Its parts.
        pub fn split(self) -> (library::Client, Result<String, Error>);
        /// Sends it.
        pub async fn send(self) -> Result<library::Response, Error>;
    }

    #[sync_wrapper(type = Response, foreign, derive(Clone, Debug, PartialEq, Eq))]
    impl library::Response {
        /// How the request ended.
        pub fn status(&self) -> Status;
        /// The response, if it is a success.
        pub fn error_for_status(self) -> Result<Self, Error>;
        /// The same, borrowed.
        pub fn error_for_status_ref(&self) -> Result<&Self, Error>;
        /// The value.
        pub async fn text(self) -> Result<String, Error>;
        /// The next piece of the value.
        pub async fn chunk(&mut self) -> Result<Option<Vec<u8>>, Error>;
    }

    #[sync_wrapper(type = Transaction, foreign, derive(Debug))]
    impl<'a> library::Transaction<'a> {
        /// The value of a key.
        pub async fn get(&self, key: &str) -> Result<Option<String>, Error>;
        /// Sets the value of a key.
        pub async fn set(&self, key: &str, value: &str) -> Result<(), Error>;
        /// Begins another one inside.
        pub async fn transaction(&mut self) -> Result<library::Transaction<'_>, Error>;
        /// All rows whose keys begin so.
        pub async fn rows(
            &self,
            prefix: &str,
        ) -> Result<impl futures_util::Stream<Item = Result<library::Row, Error>> + use<>, Error>;
        /// The first row whose key begins so, and how many there are.
        pub async fn first(&self, prefix: &str) -> Result<(usize, Option<library::Row>), Error>;
        /// Ends it, and keeps what was done.
        pub async fn commit(self) -> Result<(), Error>;
        /// Ends it, and takes back what was done.
        pub async fn rollback(self) -> Result<(), Error>;
    }

    #[sync_wrapper(type = Row, foreign, derive(Clone, Debug, PartialEq, Eq))]
    impl library::Row {
        /// Its key.
        pub fn key(&self) -> &str;
        /// Its value, which may have to be fetched.
        pub async fn value(&self) -> String;
    }

    #[sync_wrapper(trait = GenericClient, for(Client, Transaction<'_>), foreign)]
    pub trait AsyncClient {
        /// The value of a key.
        async fn get(&self, key: &str) -> Result<Option<String>, Error>;
        /// Sets the value of a key.
        async fn set(&self, key: &str, value: &str) -> Result<(), Error>;
        /// Begins a transaction.
        async fn transaction(&mut self) -> Result<library::Transaction<'_>, Error>;
        /// How many transactions are around it.
        fn depth(&self) -> u32;
    }

    /// Any client, and anything that is like one.
    #[sync_wrapper(type = AnyClient, foreign, derive(Clone, Debug))]
    pub trait AsyncClient {
        /// The value of a key.
        async fn get(&self, key: &str) -> Result<Option<String>, Error>;
        /// Sets the value of a key.
        async fn set(&self, key: &str, value: &str) -> Result<(), Error>;
        /// Begins a transaction.
        async fn transaction(&mut self) -> Result<library::Transaction<'_>, Error>;
    }
}

pub use facade::{AnyClient, Client, Config, GenericClient, Request, Response, Row, Transaction};
