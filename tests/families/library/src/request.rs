//! One request, and its answer.

use crate::{BlockingClient, Client, Error};
use std::time::Duration;
use sync_twin::sync_wrapper;

/// How a request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// There is a value.
    Found,
    /// There is none.
    Missing,
}

/// A request that is not yet sent.
#[derive(Debug)]
pub struct Request {
    client: Client,
    key: String,
    value: Option<String>,
    timeout: Option<Duration>,
}

/// A request, for blocking code.
#[sync_wrapper(type = BlockingRequest, derive(Debug), map(Client = BlockingClient, Response = BlockingResponse))]
#[must_use = "a request does nothing until it is sent"]
impl Request {
    pub(crate) fn new(client: Client, key: String) -> Self {
        Request {
            client,
            key,
            value: None,
            timeout: None,
        }
    }

    /// Sets this value first.
    pub fn value<T: ToString>(self, value: T) -> Self {
        Request {
            value: Some(value.to_string()),
            ..self
        }
    }

    /// Waits for at most this long.
    pub fn timeout(self, timeout: Duration) -> Self {
        Request {
            timeout: Some(timeout),
            ..self
        }
    }

    /// Its parts.
    pub fn split(self) -> (Client, Result<String, Error>) {
        (self.client, Ok(self.key))
    }

    /// Sends it.
    pub async fn send(self) -> Result<Response, Error> {
        match self.timeout {
            None => self.exchange().await,
            Some(limit) => {
                let exchange = tokio::time::timeout(limit, self.exchange());
                exchange.await.unwrap_or(Err(Error::Closed))
            }
        }
    }

    async fn exchange(self) -> Result<Response, Error> {
        let Request {
            client, key, value, ..
        } = self;
        if let Some(value) = value {
            client.set(&key, &value).await?;
        }
        let value = client.get(&key).await?;
        Ok(Response { key, value })
    }
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    key: String,
    value: Option<String>,
}

#[sync_wrapper(type = BlockingResponse, derive(Clone, Debug, PartialEq, Eq))]
impl Response {
    /// How the request ended.
    pub fn status(&self) -> Status {
        match self.value {
            Some(_) => Status::Found,
            None => Status::Missing,
        }
    }

    /// The response, if it is a success.
    pub fn error_for_status(self) -> Result<Self, Error> {
        match self.status() {
            Status::Found => Ok(self),
            status => Err(Error::Status(status)),
        }
    }

    /// The same, borrowed.
    pub fn error_for_status_ref(&self) -> Result<&Self, Error> {
        match self.status() {
            Status::Found => Ok(self),
            status => Err(Error::Status(status)),
        }
    }

    /// The value.
    pub async fn text(self) -> Result<String, Error> {
        tokio::task::yield_now().await;
        self.value.ok_or(Error::Missing(self.key))
    }

    /// The next piece of the value.
    pub async fn chunk(&mut self) -> Result<Option<Vec<u8>>, Error> {
        tokio::task::yield_now().await;
        let Some(value) = self.value.take() else {
            return Ok(None);
        };
        let end = value.chars().next().map_or(0, char::len_utf8);
        let rest = value[end..].to_owned();
        self.value = Some(rest).filter(|rest| !rest.is_empty());
        Ok(Some(value[..end].into()))
    }
}
