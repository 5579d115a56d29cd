//! A blocking PostgreSQL client: `tokio-postgres`, seen from another crate.

use std::fmt;
use std::future::poll_fn;
use std::io::BufRead;
use std::net::IpAddr;
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;
use sync_twin::sync_wrapper;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::task::{JoinHandle, spawn_blocking};
use tokio_postgres::config::{ChannelBinding, Host, LoadBalanceHosts, SslMode, TargetSessionAttrs};
use tokio_postgres::error::DbError;
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::types::{BorrowToSql, ToSql, Type};
use tokio_postgres::{AsyncMessage, GenericClient as AsyncGenericClient, RowStream};
pub use tokio_postgres::{
    Error, IsolationLevel, NoTls, Notification, Portal, Row, SimpleQueryMessage, Socket, Statement,
    ToStatement,
};

#[sync_wrapper(map(
    tokio_postgres::CancelToken = CancelToken,
    tokio_postgres::Client = Client,
    tokio_postgres::Transaction = Transaction,
    tokio_postgres::TransactionBuilder = TransactionBuilder,
    RowStream = RowIter,
))]
mod facade {
    use super::*;

    /// Where to connect, and how.
    #[sync_wrapper(type = Config, foreign, derive(Clone, Default), fields(notice: Notice = Notice::ignore()))]
    impl tokio_postgres::Config {
        /// Of nothing yet.
        pub fn new() -> Self;
        /// Sets the user. The default is that of the process.
        pub fn user(&mut self, user: impl Into<String>) -> &mut Self;
        /// The user.
        pub fn get_user(&self) -> Option<&str>;
        /// Sets the password.
        pub fn password(&mut self, password: impl AsRef<[u8]>) -> &mut Self;
        /// The password.
        pub fn get_password(&self) -> Option<&[u8]>;
        /// Sets the database. The default is the name of the user.
        pub fn dbname(&mut self, name: impl Into<String>) -> &mut Self;
        /// The database.
        pub fn get_dbname(&self) -> Option<&str>;
        /// Sets the server's options on its command line.
        pub fn options(&mut self, options: impl Into<String>) -> &mut Self;
        /// The server's options.
        pub fn get_options(&self) -> Option<&str>;
        /// Sets what the server lists this client as.
        pub fn application_name(&mut self, name: impl Into<String>) -> &mut Self;
        /// What the server lists this client as.
        pub fn get_application_name(&self) -> Option<&str>;
        /// Sets whether TLS is used.
        pub fn ssl_mode(&mut self, mode: SslMode) -> &mut Self;
        /// Whether TLS is used.
        pub fn get_ssl_mode(&self) -> SslMode;
        /// Adds a host. They are tried in this order.
        pub fn host(&mut self, host: impl Into<String>) -> &mut Self;
        /// The hosts.
        pub fn get_hosts(&self) -> &[Host];
        /// Adds the folder of a Unix socket.
        pub fn host_path(&mut self, path: impl AsRef<Path>) -> &mut Self;
        /// Adds the address of a host.
        pub fn hostaddr(&mut self, address: IpAddr) -> &mut Self;
        /// The addresses of hosts.
        pub fn get_hostaddrs(&self) -> &[IpAddr];
        /// Adds a port: one for all hosts, or one for each.
        pub fn port(&mut self, port: u16) -> &mut Self;
        /// The ports.
        pub fn get_ports(&self) -> &[u16];
        /// Limits the time that a connection takes to open.
        pub fn connect_timeout(&mut self, timeout: Duration) -> &mut Self;
        /// How long a connection may take to open.
        pub fn get_connect_timeout(&self) -> Option<&Duration>;
        /// Limits how long sent data may stay unacknowledged.
        pub fn tcp_user_timeout(&mut self, timeout: Duration) -> &mut Self;
        /// How long sent data may stay unacknowledged.
        pub fn get_tcp_user_timeout(&self) -> Option<&Duration>;
        /// Sets whether idle connections are probed.
        pub fn keepalives(&mut self, keepalives: bool) -> &mut Self;
        /// Whether idle connections are probed.
        pub fn get_keepalives(&self) -> bool;
        /// Sets after how long an idle connection is probed.
        pub fn keepalives_idle(&mut self, idle: Duration) -> &mut Self;
        /// After how long an idle connection is probed.
        pub fn get_keepalives_idle(&self) -> Duration;
        /// Sets what a server has to allow.
        pub fn target_session_attrs(&mut self, attributes: TargetSessionAttrs) -> &mut Self;
        /// What a server has to allow.
        pub fn get_target_session_attrs(&self) -> TargetSessionAttrs;
        /// Sets whether authentication is bound to the channel.
        pub fn channel_binding(&mut self, binding: ChannelBinding) -> &mut Self;
        /// Whether authentication is bound to the channel.
        pub fn get_channel_binding(&self) -> ChannelBinding;
        /// Sets in which order hosts are tried.
        pub fn load_balance_hosts(&mut self, order: LoadBalanceHosts) -> &mut Self;
        /// In which order hosts are tried.
        pub fn get_load_balance_hosts(&self) -> LoadBalanceHosts;
    }

    /// A connection to a server.
    #[sync_wrapper(
        type = Client,
        foreign,
        derive(Debug),
        fields(
            connection: Option<JoinHandle<Result<(), Error>>>,
            received: Option<UnboundedReceiver<Notification>>,
        )
    )]
    impl tokio_postgres::Client {
        /// Whether the server still answers.
        pub async fn check_connection(&self) -> Result<(), Error>;
        /// Begins a transaction, which is rolled back when it is dropped.
        pub async fn transaction(&mut self) -> Result<tokio_postgres::Transaction<'_>, Error>;
        /// Begins a transaction that is not as usual.
        pub fn build_transaction(&mut self) -> tokio_postgres::TransactionBuilder<'_>;
        /// Forgets what it knows of types.
        pub fn clear_type_cache(&self);
        /// Whether the connection has ended.
        pub fn is_closed(&self) -> bool;
    }

    /// A transaction, which is rolled back when it is dropped.
    #[sync_wrapper(type = Transaction, foreign)]
    impl<'a> tokio_postgres::Transaction<'a> {
        /// Ends it, and keeps what was done.
        pub async fn commit(self) -> Result<(), Error>;
        /// Ends it, and takes back what was done.
        pub async fn rollback(self) -> Result<(), Error>;
        /// Binds parameters to a statement, to read its rows in portions.
        pub async fn bind<T: ?Sized + ToStatement + Sync>(
            &self,
            statement: &T,
            params: &[&(dyn ToSql + Sync)],
        ) -> Result<Portal, Error>;
        /// The next portion of rows.
        pub async fn query_portal(&self, portal: &Portal, max: i32) -> Result<Vec<Row>, Error>;
        /// The same, one by one.
        pub async fn query_portal_raw(&self, portal: &Portal, max: i32)
        -> Result<RowStream, Error>;
        /// Begins a transaction inside this one.
        pub async fn transaction(&mut self) -> Result<tokio_postgres::Transaction<'_>, Error>;
        /// The same, with a name.
        pub async fn savepoint<I: Into<String>>(
            &mut self,
            name: I,
        ) -> Result<tokio_postgres::Transaction<'_>, Error>;
    }

    macro_rules! statements {
        ($ty:ty, $blocking:ident) => {
            #[sync_wrapper(
                            extend = $blocking,
                            foreign,
                            map(RowStream = RowIter, tokio_postgres::CancelToken = CancelToken)
                        )]
            impl $ty {
                /// Prepares a statement, which may be executed many times.
                pub async fn prepare(&self, query: &str) -> Result<Statement, Error>;
                /// The same, with the types of parameters.
                pub async fn prepare_typed(
                    &self,
                    query: &str,
                    types: &[Type],
                ) -> Result<Statement, Error>;
                /// Executes a statement, and returns its rows.
                pub async fn query<T: ?Sized + ToStatement + Sync>(
                    &self,
                    statement: &T,
                    params: &[&(dyn ToSql + Sync)],
                ) -> Result<Vec<Row>, Error>;
                /// Executes a statement that returns one row.
                pub async fn query_one<T: ?Sized + ToStatement + Sync>(
                    &self,
                    statement: &T,
                    params: &[&(dyn ToSql + Sync)],
                ) -> Result<Row, Error>;
                /// Executes a statement that returns one row, or none.
                pub async fn query_opt<T: ?Sized + ToStatement + Sync>(
                    &self,
                    statement: &T,
                    params: &[&(dyn ToSql + Sync)],
                ) -> Result<Option<Row>, Error>;
                /// Executes a statement, and returns its rows one by one.
                pub async fn query_raw<T, P, I>(
                    &self,
                    statement: &T,
                    params: I,
                ) -> Result<RowStream, Error>
                where
                    T: ?Sized + ToStatement + Sync,
                    P: BorrowToSql,
                    I: IntoIterator<Item = P>,
                    I::IntoIter: ExactSizeIterator;
                /// Executes a statement without preparing it, and returns its rows.
                pub async fn query_typed(
                    &self,
                    query: &str,
                    params: &[(&(dyn ToSql + Sync), Type)],
                ) -> Result<Vec<Row>, Error>;
                /// The same, of one row.
                pub async fn query_typed_one(
                    &self,
                    query: &str,
                    params: &[(&(dyn ToSql + Sync), Type)],
                ) -> Result<Row, Error>;
                /// The same, of one row, or none.
                pub async fn query_typed_opt(
                    &self,
                    query: &str,
                    params: &[(&(dyn ToSql + Sync), Type)],
                ) -> Result<Option<Row>, Error>;
                /// The same, one by one.
                pub async fn query_typed_raw<P, I>(
                    &self,
                    query: &str,
                    params: I,
                ) -> Result<RowStream, Error>
                where
                    P: BorrowToSql,
                    I: IntoIterator<Item = (P, Type)>;
                /// Executes a statement, and returns how many rows it has changed.
                pub async fn execute<T: ?Sized + ToStatement + Sync>(
                    &self,
                    statement: &T,
                    params: &[&(dyn ToSql + Sync)],
                ) -> Result<u64, Error>;
                /// Executes a statement without preparing it.
                pub async fn execute_typed(
                    &self,
                    statement: &str,
                    params: &[(&(dyn ToSql + Sync), Type)],
                ) -> Result<u64, Error>;
                /// Executes statements, and returns all as text.
                pub async fn simple_query(
                    &self,
                    query: &str,
                ) -> Result<Vec<SimpleQueryMessage>, Error>;
                /// Executes statements.
                pub async fn batch_execute(&self, query: &str) -> Result<(), Error>;
                /// Something with which another thread can cancel a statement.
                pub fn cancel_token(&self) -> tokio_postgres::CancelToken;
            }
        };
    }

    statements!(tokio_postgres::Client, Client);
    statements!(tokio_postgres::Transaction<'_>, Transaction);

    /// Configures a transaction.
    #[sync_wrapper(type = TransactionBuilder, foreign)]
    impl<'a> tokio_postgres::TransactionBuilder<'a> {
        /// Sets what it sees of others.
        pub fn isolation_level(self, level: IsolationLevel) -> Self;
        /// Sets whether it only reads.
        pub fn read_only(self, read_only: bool) -> Self;
        /// Sets whether it may wait at its begin.
        pub fn deferrable(self, deferrable: bool) -> Self;
        /// Begins it.
        pub async fn start(self) -> Result<tokio_postgres::Transaction<'a>, Error>;
    }

    /// Cancels what a connection is at.
    #[sync_wrapper(type = CancelToken, foreign, derive(Clone))]
    impl tokio_postgres::CancelToken {
        /// Cancels it, by a connection of its own.
        pub async fn cancel_query<T: MakeTlsConnect<Socket>>(&self, tls: T) -> Result<(), Error>;
    }

    /// What clients and transactions have in common.
    #[sync_wrapper(trait = GenericClient, for(Client, Transaction<'_>), foreign)]
    pub trait AsyncGenericClient {
        /// Like [`Client::execute`].
        async fn execute<T>(&self, query: &T, params: &[&(dyn ToSql + Sync)]) -> Result<u64, Error>
        where
            T: ?Sized + ToStatement + Sync + Send;
        /// Like [`Client::query`].
        async fn query<T>(
            &self,
            query: &T,
            params: &[&(dyn ToSql + Sync)],
        ) -> Result<Vec<Row>, Error>
        where
            T: ?Sized + ToStatement + Sync + Send;
        /// Like [`Client::query_one`].
        async fn query_one<T>(
            &self,
            query: &T,
            params: &[&(dyn ToSql + Sync)],
        ) -> Result<Row, Error>
        where
            T: ?Sized + ToStatement + Sync + Send;
        /// Like [`Client::query_opt`].
        async fn query_opt<T>(
            &self,
            query: &T,
            params: &[&(dyn ToSql + Sync)],
        ) -> Result<Option<Row>, Error>
        where
            T: ?Sized + ToStatement + Sync + Send;
        /// Like [`Client::query_raw`].
        async fn query_raw<T, P, I>(&self, query: &T, params: I) -> Result<RowStream, Error>
        where
            T: ?Sized + ToStatement + Sync + Send,
            P: BorrowToSql,
            I: IntoIterator<Item = P> + Sync + Send,
            I::IntoIter: ExactSizeIterator;
        /// Like [`Client::prepare`].
        async fn prepare(&self, query: &str) -> Result<Statement, Error>;
        /// Like [`Client::prepare_typed`].
        async fn prepare_typed(&self, query: &str, types: &[Type]) -> Result<Statement, Error>;
        /// Like [`Client::simple_query`].
        async fn simple_query(&self, query: &str) -> Result<Vec<SimpleQueryMessage>, Error>;
        /// Like [`Client::batch_execute`].
        async fn batch_execute(&self, query: &str) -> Result<(), Error>;
        /// Like [`Client::transaction`].
        async fn transaction<'a>(&'a mut self) -> Result<tokio_postgres::Transaction<'a>, Error>;
    }

    type Opened = (
        tokio_postgres::Client,
        JoinHandle<Result<(), Error>>,
        UnboundedReceiver<Notification>,
    );

    /// Connects, and lets a task attend to the connection.
    pub(super) async fn open<T>(
        config: &tokio_postgres::Config,
        tls: T,
        notice: Notice,
    ) -> Result<Opened, Error>
    where
        T: MakeTlsConnect<Socket, Stream: Send + 'static>,
    {
        let (client, mut connection) = config.connect(tls).await?;
        let (notify, received) = unbounded_channel();
        let task = tokio::spawn(async move {
            loop {
                match poll_fn(|cx| connection.poll_message(cx))
                    .await
                    .transpose()?
                {
                    None => return Ok(()),
                    Some(AsyncMessage::Notice(error)) => notice.call(error).await,
                    // The client may be gone.
                    Some(AsyncMessage::Notification(one)) => drop(notify.send(one)),
                    Some(_) => {}
                }
            }
        });
        Ok((client, task, received))
    }
}

pub use facade::{CancelToken, Client, Config, GenericClient, Transaction, TransactionBuilder};

impl Config {
    /// Calls `notice` with each notice of the server.
    ///
    /// It may call methods that block. One that panics is reported as any panic is, and the connection goes on.
    pub fn notice_callback<F>(&mut self, notice: F) -> &mut Self
    where
        F: Fn(DbError) + Send + Sync + 'static,
    {
        self.notice = Notice(Arc::new(notice));
        self
    }

    /// Connects.
    ///
    /// # Errors
    ///
    /// If there is no such server, or it refuses.
    pub fn connect<T>(&self, tls: T) -> Result<Client, Error>
    where
        T: MakeTlsConnect<Socket, Stream: Send + 'static>,
    {
        let (client, connection, received) =
            facade::open_sync(self.as_async(), tls, self.notice.clone())?;
        let mut client = Client::from(client);
        client.connection = Some(connection);
        client.received = Some(received);
        Ok(client)
    }
}

impl FromStr for Config {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Ok(text.parse::<tokio_postgres::Config>()?.into())
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_async().fmt(f)
    }
}

impl Client {
    /// Connects.
    ///
    /// # Errors
    ///
    /// If the configuration cannot be read, there is no such server, or it refuses.
    pub fn connect<T>(config: &str, tls: T) -> Result<Self, Error>
    where
        T: MakeTlsConnect<Socket, Stream: Send + 'static>,
    {
        config.parse::<Config>()?.connect(tls)
    }

    /// The notifications, each as soon as it comes, until the connection ends.
    pub fn notifications(&mut self) -> impl Iterator<Item = Notification> {
        let received = &mut self.received;
        sync_twin::iter(futures_util::stream::poll_fn(move |cx| match received {
            Some(received) => received.poll_recv(cx),
            None => None.into(),
        }))
    }

    /// Executes a `COPY … TO STDOUT`, whose data can then be read.
    ///
    /// # Errors
    ///
    /// If the statement fails. If it fails later, the reader says so.
    pub fn copy_out<T>(&self, statement: &T) -> Result<impl BufRead + use<T>, Error>
    where
        T: ?Sized + ToStatement + Sync,
    {
        let client = self.as_async();
        let data = sync_twin::block_on_with(|| client.copy_out(statement))?;
        Ok(sync_twin::io::reader(data))
    }

    /// Ends the connection, and waits until it has ended.
    ///
    /// # Errors
    ///
    /// If it has failed.
    pub fn close(mut self) -> Result<(), Error> {
        let connection = self.connection.take();
        drop(self);
        match connection.map(sync_twin::block_on) {
            Some(Ok(ended)) => ended,
            None | Some(Err(_)) => Ok(()),
        }
    }
}

/// The rows of a statement, one by one.
#[derive(Debug)]
pub struct RowIter(sync_twin::Iter<RowStream>);

impl From<RowStream> for RowIter {
    fn from(rows: RowStream) -> Self {
        RowIter(sync_twin::iter(rows))
    }
}

impl Iterator for RowIter {
    type Item = Result<Row, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next()
    }
}

/// What is done with a notice.
#[derive(Clone)]
pub(crate) struct Notice(Arc<dyn Fn(DbError) + Send + Sync>);

impl Notice {
    fn ignore() -> Self {
        Notice(Arc::new(drop))
    }

    /// On a thread of its own, since it may block. A panic ends there, and is reported as any other.
    async fn call(&self, error: DbError) {
        let Notice(notice) = self.clone();
        spawn_blocking(move || notice(error)).await.ok();
    }
}
