//! Transactions, which borrow their client, and one another.

use crate::connection::{Command, Connection};
use crate::rows::{BlockingRow, Row, RowStream};
use crate::{Client, Error, GenericClient};
use async_trait::async_trait;
use futures_core::Stream;
use std::collections::BTreeMap;
use std::marker::PhantomData;
use std::sync::Arc;
use sync_twin::sync_wrapper;

/// What is done until it is rolled back, or committed.
#[derive(Debug)]
pub struct Transaction<'a> {
    connection: Arc<Connection>,
    /// What was there before, unless it is committed.
    before: Option<BTreeMap<String, String>>,
    depth: u32,
    client: PhantomData<&'a mut Client>,
}

impl Drop for Transaction<'_> {
    fn drop(&mut self) {
        if let Some(before) = self.before.take() {
            self.connection.send_now(Command::Restore(before));
        }
    }
}

#[sync_wrapper(type = BlockingTransaction, derive(Debug), map(Row = BlockingRow))]
impl<'a> Transaction<'a> {
    pub(crate) async fn begin(client: &'a Client, depth: u32) -> Result<Self, Error> {
        Ok(Transaction {
            before: Some(client.connection.all().await?),
            connection: client.connection.clone(),
            depth: depth + 1,
            client: PhantomData,
        })
    }

    /// The value of a key.
    pub async fn get(&self, key: &str) -> Result<Option<String>, Error> {
        self.as_client().get(key).await
    }

    /// Sets the value of a key.
    pub async fn set(&self, key: &str, value: &str) -> Result<(), Error> {
        self.as_client().set(key, value).await
    }

    /// Begins another one inside.
    pub async fn transaction(&mut self) -> Result<Transaction<'_>, Error> {
        Ok(Transaction {
            before: Some(self.connection.all().await?),
            connection: self.connection.clone(),
            depth: self.depth + 1,
            client: PhantomData,
        })
    }

    /// All rows whose keys begin so.
    pub async fn rows(
        &self,
        prefix: &str,
    ) -> Result<impl Stream<Item = Result<Row, Error>> + use<>, Error> {
        let all = self.connection.all().await?;
        let rows = all.into_iter().filter(|(key, _)| key.starts_with(prefix));
        let rows = rows.map(|(key, value)| Row::new(key, value));
        Ok(RowStream::new(rows.collect()))
    }

    /// The first row whose key begins so, and how many there are.
    pub async fn first(&self, prefix: &str) -> Result<(usize, Option<Row>), Error> {
        let all = self.connection.all().await?;
        let mut rows = all.into_iter().filter(|(key, _)| key.starts_with(prefix));
        let first = rows.next().map(|(key, value)| Row::new(key, value));
        Ok((rows.count() + usize::from(first.is_some()), first))
    }

    /// Ends it, and keeps what was done.
    pub async fn commit(mut self) -> Result<(), Error> {
        self.before = None;
        self.connection.all().await.map(drop)
    }

    /// Ends it, and takes back what was done.
    pub async fn rollback(mut self) -> Result<(), Error> {
        match self.before.take() {
            Some(before) => self.connection.send(Command::Restore(before)).await,
            None => Ok(()),
        }
    }

    fn as_client(&self) -> Client {
        Client {
            connection: self.connection.clone(),
        }
    }
}

#[async_trait]
impl GenericClient for Transaction<'_> {
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
        self.depth
    }
}
