//! Connections, transactions, and what they have in common.

use super::connection::Session;
use super::copy::{BytesSink, CopyInWriter, CopyOutReader};
use super::types::{BorrowToSql, ToSql, Type};
use super::{
    Config, Error, IsolationLevel, Notifications, Portal, Row, RowIter, SimpleQueryMessage, Socket,
    Statement, ToStatement,
};
use std::result;
use std::time::Duration;
use sync_twin::{Elapsed, block_on, block_on_timeout, sync_wrapper};
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::{CopyOutStream, GenericClient as AsyncGenericClient, RowStream};

type Result<T> = result::Result<T, Error>;

/// The parameters of a statement.
pub type Params<'a> = &'a [&'a (dyn ToSql + Sync)];

/// The parameters of a statement, with their types.
pub type TypedParams<'a> = &'a [(&'a (dyn ToSql + Sync), Type)];

/// What can be executed: text, or a [`Statement`] that has been prepared.
pub trait Query: ToStatement + Send + Sync {}

impl<T: ?Sized + ToStatement + Send + Sync> Query for T {}

#[sync_wrapper(map(
    tokio_postgres::CancelToken = CancelToken,
    tokio_postgres::Client = Client,
    tokio_postgres::Transaction = Transaction,
    tokio_postgres::TransactionBuilder = TransactionBuilder,
    RowStream = RowIter,
))]
mod family {
    use super::*;

    /// A connection to a server. It ends when this is dropped.
    #[sync_wrapper(type = Client, foreign, derive(Debug), fields(session: Session))]
    impl tokio_postgres::Client {
        /// Whether the server still answers.
        ///
        /// # Errors
        ///
        /// If it does not.
        pub async fn check_connection(&self) -> Result<()>;
        /// Begins a transaction, which is rolled back when it is dropped.
        ///
        /// # Errors
        ///
        /// If the connection has ended.
        pub async fn transaction(&mut self) -> Result<tokio_postgres::Transaction<'_>>;
        /// Begins a transaction that is not as usual.
        pub fn build_transaction(&mut self) -> tokio_postgres::TransactionBuilder<'_>;
        /// Forgets what it knows of types.
        pub fn clear_type_cache(&self);
        /// Whether the connection has ended.
        pub fn is_closed(&self) -> bool;
    }

    /// A transaction. When it is dropped, it is rolled back before that returns.
    #[sync_wrapper(type = Transaction, foreign, close = rollback)]
    impl<'a> tokio_postgres::Transaction<'a> {
        /// Ends it, and keeps what was done.
        ///
        /// # Errors
        ///
        /// If the server refuses.
        pub async fn commit(self) -> Result<()>;
        /// Ends it, and takes back what was done.
        ///
        /// # Errors
        ///
        /// If the connection has ended.
        pub async fn rollback(self) -> Result<()>;
        /// Binds parameters to a statement, to read its rows in portions.
        ///
        /// # Errors
        ///
        /// As [`Client::query`].
        pub async fn bind<T: ?Sized + Query>(
            &self,
            query: &T,
            params: Params<'_>,
        ) -> Result<Portal>;
        /// The next portion of rows.
        ///
        /// # Errors
        ///
        /// As [`Client::query`].
        pub async fn query_portal(&self, portal: &Portal, max: i32) -> Result<Vec<Row>>;
        /// The same, one by one.
        ///
        /// # Errors
        ///
        /// As [`Client::query`].
        pub async fn query_portal_raw(&self, portal: &Portal, max: i32) -> Result<RowStream>;
        /// Begins a transaction inside this one.
        ///
        /// # Errors
        ///
        /// If the connection has ended.
        pub async fn transaction(&mut self) -> Result<tokio_postgres::Transaction<'_>>;
        /// The same, with a name.
        ///
        /// # Errors
        ///
        /// If the connection has ended.
        pub async fn savepoint<I: Into<String>>(
            &mut self,
            name: I,
        ) -> Result<tokio_postgres::Transaction<'_>>;
    }

    /// Configures a transaction.
    #[sync_wrapper(type = TransactionBuilder, foreign)]
    #[must_use]
    impl<'a> tokio_postgres::TransactionBuilder<'a> {
        /// Sets what it sees of others.
        pub fn isolation_level(self, level: IsolationLevel) -> Self;
        /// Sets whether it only reads.
        pub fn read_only(self, read_only: bool) -> Self;
        /// Sets whether it may wait at its begin.
        pub fn deferrable(self, deferrable: bool) -> Self;
        /// Begins it.
        ///
        /// # Errors
        ///
        /// If the connection has ended.
        pub async fn start(self) -> Result<tokio_postgres::Transaction<'a>>;
    }

    /// Cancels what a connection is at.
    #[sync_wrapper(type = CancelToken, foreign, derive(Clone))]
    impl tokio_postgres::CancelToken {
        /// Cancels it, by a connection of its own. What was to be canceled may have been over.
        ///
        /// # Errors
        ///
        /// If the server cannot be reached.
        pub async fn cancel_query<T: MakeTlsConnect<Socket>>(&self, tls: T) -> Result<()>;
    }

    /// What clients and transactions have in common.
    #[sync_wrapper(trait = GenericClient, for(Client, Transaction<'_>), foreign)]
    pub trait AsyncGenericClient {
        /// Like [`Client::execute`].
        async fn execute<T: ?Sized + Query>(&self, query: &T, params: Params<'_>) -> Result<u64>;
        /// Like [`Client::execute_typed`].
        async fn execute_typed(&self, query: &str, params: TypedParams<'_>) -> Result<u64>;
        /// Like [`Client::query`].
        async fn query<T: ?Sized + Query>(&self, query: &T, params: Params<'_>)
        -> Result<Vec<Row>>;
        /// Like [`Client::query_one`].
        async fn query_one<T: ?Sized + Query>(&self, query: &T, params: Params<'_>) -> Result<Row>;
        /// Like [`Client::query_opt`].
        async fn query_opt<T: ?Sized + Query>(
            &self,
            query: &T,
            params: Params<'_>,
        ) -> Result<Option<Row>>;
        /// Like [`Client::query_raw`].
        async fn query_raw<T, P, I>(&self, query: &T, params: I) -> Result<RowStream>
        where
            T: ?Sized + Query,
            P: BorrowToSql,
            I: IntoIterator<Item = P, IntoIter: ExactSizeIterator> + Sync + Send;
        /// Like [`Client::query_typed`].
        async fn query_typed(&self, query: &str, params: TypedParams<'_>) -> Result<Vec<Row>>;
        /// Like [`Client::query_typed_one`].
        async fn query_typed_one(&self, query: &str, params: TypedParams<'_>) -> Result<Row>;
        /// Like [`Client::query_typed_opt`].
        async fn query_typed_opt(
            &self,
            query: &str,
            params: TypedParams<'_>,
        ) -> Result<Option<Row>>;
        /// Like [`Client::query_typed_raw`].
        async fn query_typed_raw<P, I>(&self, query: &str, params: I) -> Result<RowStream>
        where
            P: BorrowToSql,
            I: IntoIterator<Item = (P, Type)> + Sync + Send;
        /// Like [`Client::prepare`].
        async fn prepare(&self, query: &str) -> Result<Statement>;
        /// Like [`Client::prepare_typed`].
        async fn prepare_typed(&self, query: &str, types: &[Type]) -> Result<Statement>;
        /// Like [`Client::simple_query`].
        async fn simple_query(&self, query: &str) -> Result<Vec<SimpleQueryMessage>>;
        /// Like [`Client::batch_execute`].
        async fn batch_execute(&self, query: &str) -> Result<()>;
        /// Like [`Client::transaction`].
        async fn transaction<'a>(&'a mut self) -> Result<tokio_postgres::Transaction<'a>>;
    }
}

pub use family::{CancelToken, Client, GenericClient, Transaction, TransactionBuilder};

/// What clients and transactions have under the same names.
macro_rules! statements {
    ($($ty:ty => $blocking:ident),*; map $map:tt) => {$(
        #[sync_wrapper(extend = $blocking, foreign, map $map)]
        impl $ty {
            /// Prepares a statement, which may be executed many times.
            ///
            /// # Errors
            ///
            /// If the server does not understand it.
            pub async fn prepare(&self, query: &str) -> Result<Statement>;
            /// The same, with the types of parameters.
            ///
            /// # Errors
            ///
            /// If the server does not understand it.
            pub async fn prepare_typed(&self, query: &str, types: &[Type]) -> Result<Statement>;
            /// Executes a statement, and returns its rows.
            ///
            /// # Errors
            ///
            /// If the statement fails, or the connection.
            pub async fn query<T: ?Sized + Query>(
                &self,
                query: &T,
                params: Params<'_>,
            ) -> Result<Vec<Row>>;
            /// Executes a statement that returns one row.
            ///
            /// # Errors
            ///
            /// As [`query`](Self::query), and if there are more rows, or none.
            pub async fn query_one<T: ?Sized + Query>(
                &self,
                query: &T,
                params: Params<'_>,
            ) -> Result<Row>;
            /// Executes a statement that returns one row, or none.
            ///
            /// # Errors
            ///
            /// As [`query`](Self::query), and if there are more rows.
            pub async fn query_opt<T: ?Sized + Query>(
                &self,
                query: &T,
                params: Params<'_>,
            ) -> Result<Option<Row>>;
            /// Executes a statement, and returns its rows one by one.
            ///
            /// # Errors
            ///
            /// As [`query`](Self::query). What fails later is an item.
            pub async fn query_raw<T, P, I>(&self, query: &T, params: I) -> Result<RowStream>
            where
                T: ?Sized + Query,
                P: BorrowToSql,
                I: IntoIterator<Item = P, IntoIter: ExactSizeIterator>;
            /// Executes a statement without preparing it, and returns its rows.
            ///
            /// # Errors
            ///
            /// As [`query`](Self::query).
            pub async fn query_typed(
                &self,
                query: &str,
                params: TypedParams<'_>,
            ) -> Result<Vec<Row>>;
            /// The same, of one row.
            ///
            /// # Errors
            ///
            /// As [`query_one`](Self::query_one).
            pub async fn query_typed_one(
                &self,
                query: &str,
                params: TypedParams<'_>,
            ) -> Result<Row>;
            /// The same, of one row, or none.
            ///
            /// # Errors
            ///
            /// As [`query_opt`](Self::query_opt).
            pub async fn query_typed_opt(
                &self,
                query: &str,
                params: TypedParams<'_>,
            ) -> Result<Option<Row>>;
            /// The same, one by one.
            ///
            /// # Errors
            ///
            /// As [`query_raw`](Self::query_raw).
            pub async fn query_typed_raw<P, I>(&self, query: &str, params: I) -> Result<RowStream>
            where
                P: BorrowToSql,
                I: IntoIterator<Item = (P, Type)>;
            /// Executes a statement, and returns how many rows it has changed.
            ///
            /// # Errors
            ///
            /// As [`query`](Self::query).
            pub async fn execute<T: ?Sized + Query>(
                &self,
                query: &T,
                params: Params<'_>,
            ) -> Result<u64>;
            /// Executes a statement without preparing it.
            ///
            /// # Errors
            ///
            /// As [`query`](Self::query).
            pub async fn execute_typed(&self, query: &str, params: TypedParams<'_>) -> Result<u64>;
            /// Executes a `COPY … FROM STDIN`, whose data is then written.
            ///
            /// # Errors
            ///
            /// As [`query`](Self::query).
            pub async fn copy_in<T: ?Sized + Query>(&self, query: &T) -> Result<BytesSink>;
            /// Executes a `COPY … TO STDOUT`, whose data is then read.
            ///
            /// # Errors
            ///
            /// As [`query`](Self::query). What fails later is an error of the reader.
            pub async fn copy_out<T: ?Sized + Query>(&self, query: &T) -> Result<CopyOutStream>;
            /// Executes statements, and returns all as text.
            ///
            /// # Errors
            ///
            /// As [`query`](Self::query).
            pub async fn simple_query(&self, query: &str) -> Result<Vec<SimpleQueryMessage>>;
            /// Executes statements.
            ///
            /// # Errors
            ///
            /// As [`query`](Self::query).
            pub async fn batch_execute(&self, query: &str) -> Result<()>;
            /// Something with which another thread can cancel a statement.
            pub fn cancel_token(&self) -> tokio_postgres::CancelToken;
        }
    )*};
}

statements! {
    tokio_postgres::Client => Client, tokio_postgres::Transaction<'_> => Transaction;
    map(
        tokio_postgres::CancelToken = CancelToken,
        BytesSink = CopyInWriter,
        CopyOutStream = CopyOutReader,
        RowStream = RowIter,
    )
}

impl Client {
    /// Connects.
    ///
    /// # Errors
    ///
    /// If the configuration cannot be read, there is no such server, or it refuses.
    pub fn connect<T>(config: &str, tls: T) -> Result<Self>
    where
        T: MakeTlsConnect<Socket, Stream: Send + 'static>,
    {
        config.parse::<Config>()?.connect(tls)
    }

    /// Where to connect, and how.
    pub fn configure() -> Config {
        Config::new()
    }

    /// Whether the server still answers, and in time.
    ///
    /// # Errors
    ///
    /// If it does not answer in time. The other one is that of the connection.
    pub fn is_valid(&self, timeout: Duration) -> result::Result<Result<()>, Elapsed> {
        block_on_timeout(timeout, self.as_async().check_connection())
    }

    /// What other sessions have to say.
    pub fn notifications(&mut self) -> Notifications<'_> {
        let session = &mut self.session;
        Notifications { session }
    }

    /// Ends the connection, and waits until it has ended.
    ///
    /// # Errors
    ///
    /// If it has failed.
    pub fn close(mut self) -> Result<()> {
        let mut session = std::mem::take(&mut self.session);
        drop(self);
        block_on(session.end())
    }
}
