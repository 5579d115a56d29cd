//! A blocking PostgreSQL client around `tokio-postgres`.
//!
//! ```no_run
//! use sync_twin_tests_clients::postgres::{Client, NoTls};
//!
//! let mut client = Client::connect("host=localhost user=me", NoTls)?;
//! let mut transaction = client.transaction()?;
//! transaction.execute("INSERT INTO words VALUES ($1)", &[&"hello"])?;
//! transaction.commit()?;
//! for row in client.query("SELECT word FROM words", &[])? {
//!     println!("{}", row.get::<_, &str>("word"));
//! }
//! # Ok::<(), sync_twin_tests_clients::postgres::Error>(())
//! ```
//!
//! Everything may be called from everywhere: from plain threads, async code, a `Drop`. Statements take `&self`, so several threads
//! may share a client; a transaction has it for itself.

pub mod binary_copy;
mod client;
mod config;
mod connection;
mod copy;
pub mod notifications;
mod rows;

pub use client::{
    CancelToken, Client, GenericClient, Params, Query, Transaction, TransactionBuilder, TypedParams,
};
pub use config::Config;
pub use copy::{CopyInWriter, CopyOutReader};
pub use notifications::Notifications;
pub use rows::RowIter;
#[doc(no_inline)]
pub use tokio_postgres::{
    Column, Error, IsolationLevel, NoTls, Notification, Portal, Row, SimpleQueryMessage, Socket,
    Statement, ToStatement, error, tls, types,
};
