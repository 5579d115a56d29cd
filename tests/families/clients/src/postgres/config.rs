//! Where to connect, and how.

use super::connection::{Notice, log, open_sync};
use super::{Client, Error, Socket};
use std::fmt;
use std::net::IpAddr;
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;
use sync_twin::sync_wrapper;
use tokio_postgres::config::{
    ChannelBinding, Host, LoadBalanceHosts, SslMode, SslNegotiation, TargetSessionAttrs,
};
use tokio_postgres::error::DbError;
use tokio_postgres::tls::MakeTlsConnect;

/// Where to connect, and how.
#[sync_wrapper(type = Config, foreign, derive(Clone, Default), fields(notice: Notice = Arc::new(log)))]
impl tokio_postgres::Config {
    /// Of nothing yet.
    pub fn new() -> Self;
    /// Sets the user. The default is that of the process.
    pub fn user(&mut self, user: &str) -> &mut Self;
    /// The user.
    pub fn get_user(&self) -> Option<&str>;
    /// Sets the password.
    pub fn password<T: AsRef<[u8]>>(&mut self, password: T) -> &mut Self;
    /// The password.
    pub fn get_password(&self) -> Option<&[u8]>;
    /// Sets the database. The default is the name of the user.
    pub fn dbname(&mut self, name: &str) -> &mut Self;
    /// The database.
    pub fn get_dbname(&self) -> Option<&str>;
    /// Sets the server's options on its command line.
    pub fn options(&mut self, options: &str) -> &mut Self;
    /// The server's options.
    pub fn get_options(&self) -> Option<&str>;
    /// Sets what the server lists this client as.
    pub fn application_name(&mut self, name: &str) -> &mut Self;
    /// What the server lists this client as.
    pub fn get_application_name(&self) -> Option<&str>;
    /// Sets whether TLS is used.
    pub fn ssl_mode(&mut self, mode: SslMode) -> &mut Self;
    /// Whether TLS is used.
    pub fn get_ssl_mode(&self) -> SslMode;
    /// Sets how TLS begins.
    pub fn ssl_negotiation(&mut self, negotiation: SslNegotiation) -> &mut Self;
    /// How TLS begins.
    pub fn get_ssl_negotiation(&self) -> SslNegotiation;
    /// Adds a host. They are tried in this order.
    pub fn host(&mut self, host: &str) -> &mut Self;
    /// The hosts.
    pub fn get_hosts(&self) -> &[Host];
    /// Adds the folder of a Unix socket.
    #[cfg(unix)]
    pub fn host_path<T: AsRef<Path>>(&mut self, path: T) -> &mut Self;
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
    /// Sets how long to wait between probes.
    pub fn keepalives_interval(&mut self, interval: Duration) -> &mut Self;
    /// How long to wait between probes.
    pub fn get_keepalives_interval(&self) -> Option<Duration>;
    /// Sets after how many probes a connection is given up.
    pub fn keepalives_retries(&mut self, retries: u32) -> &mut Self;
    /// After how many probes a connection is given up.
    pub fn get_keepalives_retries(&self) -> Option<u32>;
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

impl Config {
    /// Calls `notice` with each notice of the server. The default logs it.
    ///
    /// It may call methods that block. One that panics is reported as any panic is, and the connection goes on.
    pub fn notice_callback<F>(&mut self, notice: F) -> &mut Self
    where
        F: Fn(DbError) + Send + Sync + 'static,
    {
        self.notice = Arc::new(notice);
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
        let (client, session) = open_sync(self.as_async(), tls, self.notice.clone())?;
        let mut client = Client::from(client);
        client.session = session;
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
