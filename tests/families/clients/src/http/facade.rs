//! What `reqwest` has, and what its blocking twin adds.

use super::multipart::Form;
use super::{Body, IntoUrl, Method, Proxy, Result, StatusCode, Url, Version, redirect};
use bytes::Bytes;
use futures_util::stream::once;
use http::Extensions;
use http::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::dns::Resolve;
use std::fmt::Display;
use std::future::ready;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use sync_twin::{Elapsed, sync_wrapper};
use tokio::time::timeout;

/// How long to wait for each operation.
type Patience = Option<Duration>;

/// That of a client which does not say otherwise.
const PATIENCE: Patience = Some(Duration::from_secs(30));

#[sync_wrapper(map(
    reqwest::Client = Client,
    reqwest::ClientBuilder = ClientBuilder,
    reqwest::Request = Request,
    reqwest::RequestBuilder = RequestBuilder,
    reqwest::Response = Response,
    reqwest::multipart::Form = Form,
))]
mod family {
    use super::*;

    /// Configures a [`Client`].
    #[sync_wrapper(type = ClientBuilder, foreign, derive(Debug, Default), fields(patience: Patience = PATIENCE))]
    #[must_use]
    impl reqwest::ClientBuilder {
        /// Starts with the defaults.
        pub fn new() -> Self;
        #[sync_wrapper(name = build_client)]
        pub(super) fn build(self) -> Result<reqwest::Client>;
        /// Sends this `user-agent` with every request.
        pub fn user_agent<V>(self, value: V) -> Self
        where
            V: TryInto<HeaderValue>,
            V::Error: Into<http::Error>;
        /// Sends these headers with every request.
        pub fn default_headers(self, headers: HeaderMap) -> Self;
        /// Does nothing: no decoder for `gzip` is built in.
        pub fn no_gzip(self) -> Self;
        /// Does nothing: no decoder for `brotli` is built in.
        pub fn no_brotli(self) -> Self;
        /// Does nothing: no decoder for `zstd` is built in.
        pub fn no_zstd(self) -> Self;
        /// Does nothing: no decoder for `deflate` is built in.
        pub fn no_deflate(self) -> Self;
        /// What to do about redirects: by default, to follow ten of them.
        pub fn redirect(self, policy: redirect::Policy) -> Self;
        /// Which requests to send once more.
        pub fn retry(self, policy: reqwest::retry::Builder) -> Self;
        /// Whether to send `referer` with a request that follows a redirect.
        pub fn referer(self, enable: bool) -> Self;
        /// Sends requests through this proxy.
        pub fn proxy(self, proxy: Proxy) -> Self;
        /// Uses no proxy, whatever the environment says.
        pub fn no_proxy(self) -> Self;
        #[sync_wrapper(name = connect_within)]
        pub(super) fn connect_timeout(self, timeout: Duration) -> Self;
        /// Whether to log what is sent and received.
        pub fn connection_verbose(self, verbose: bool) -> Self;
        /// Closes a connection that has been idle for so long.
        pub fn pool_idle_timeout<D: Into<Option<Duration>>>(self, timeout: D) -> Self;
        /// Keeps at most so many idle connections for each host.
        pub fn pool_max_idle_per_host(self, max: usize) -> Self;
        /// Writes header names in title case.
        pub fn http1_title_case_headers(self) -> Self;
        /// Whether headers of several lines may come.
        pub fn http1_allow_obsolete_multiline_headers_in_responses(self, value: bool) -> Self;
        /// Whether to overlook headers that are invalid.
        pub fn http1_ignore_invalid_headers_in_responses(self, value: bool) -> Self;
        /// Whether spaces may come after the name of a header.
        pub fn http1_allow_spaces_after_header_name_in_responses(self, value: bool) -> Self;
        /// Accepts at most so many headers in a response.
        pub fn http1_max_headers(self, max: usize) -> Self;
        /// Speaks HTTP/1 only.
        pub fn http1_only(self) -> Self;
        /// Accepts responses of HTTP/0.9.
        pub fn http09_responses(self) -> Self;
        /// Whether to send small packets at once.
        pub fn tcp_nodelay(self, enabled: bool) -> Self;
        /// Binds to this address.
        pub fn local_address<T: Into<Option<IpAddr>>>(self, address: T) -> Self;
        /// Binds to this network interface.
        #[cfg(target_os = "linux")]
        pub fn interface(self, interface: &str) -> Self;
        /// How long a connection is idle before it is probed.
        pub fn tcp_keepalive<D: Into<Option<Duration>>>(self, time: D) -> Self;
        /// How long to wait between probes.
        pub fn tcp_keepalive_interval<D: Into<Option<Duration>>>(self, interval: D) -> Self;
        /// After how many probes a connection is given up.
        pub fn tcp_keepalive_retries<C: Into<Option<u32>>>(self, retries: C) -> Self;
        /// How long sent data may stay unacknowledged.
        #[cfg(target_os = "linux")]
        pub fn tcp_user_timeout<D: Into<Option<Duration>>>(self, timeout: D) -> Self;
        /// Connects to this Unix socket, whatever the URL says.
        #[cfg(unix)]
        pub fn unix_socket(self, path: &Path) -> Self;
        /// Does nothing: no other resolver is built in.
        pub fn no_hickory_dns(self) -> Self;
        /// Refuses URLs that are not `https`.
        pub fn https_only(self, enabled: bool) -> Self;
        /// Uses this address for a domain.
        pub fn resolve(self, domain: &str, address: SocketAddr) -> Self;
        /// Uses these addresses for a domain.
        pub fn resolve_to_addrs(self, domain: &str, addresses: &[SocketAddr]) -> Self;
        /// Finds addresses this way. It may block only in a future that it returns.
        pub fn dns_resolver<R: Resolve + 'static>(self, resolver: Arc<R>) -> Self;
    }

    /// Makes requests, and keeps their connections. A clone shares them.
    #[sync_wrapper(type = Client, foreign, derive(Clone, Debug, Default), fields(patience: Patience = PATIENCE))]
    impl reqwest::Client {
        /// Starts with the defaults.
        ///
        /// # Panics
        ///
        /// If the system's resolver cannot be set up. [`ClientBuilder::build`] returns an error then.
        pub fn new() -> Self;
        /// Configures one.
        pub fn builder() -> reqwest::ClientBuilder;
    }

    /// A request to be sent by [`Client::execute`].
    #[sync_wrapper(type = Request, foreign, derive(Debug))]
    impl reqwest::Request {
        /// A request without headers and body.
        pub fn new(method: Method, url: Url) -> Self;
        /// Its method.
        pub fn method(&self) -> &Method;
        /// Its method, to be changed.
        pub fn method_mut(&mut self) -> &mut Method;
        /// Where it goes.
        pub fn url(&self) -> &Url;
        /// Where it goes, to be changed.
        pub fn url_mut(&mut self) -> &mut Url;
        /// Its headers.
        pub fn headers(&self) -> &HeaderMap;
        /// Its headers, to be changed.
        pub fn headers_mut(&mut self) -> &mut HeaderMap;
        /// Its body, if it has one.
        pub fn body(&self) -> Option<&reqwest::Body>;
        /// Its body, to be changed.
        pub fn body_mut(&mut self) -> &mut Option<reqwest::Body>;
        /// How long it may take, if that is limited.
        pub fn timeout(&self) -> Option<&Duration>;
        /// How long it may take, to be changed.
        pub fn timeout_mut(&mut self) -> &mut Option<Duration>;
        /// The version of HTTP.
        pub fn version(&self) -> Version;
        /// The version of HTTP, to be changed.
        pub fn version_mut(&mut self) -> &mut Version;
        /// The same request once more, unless its body can be read only once.
        pub fn try_clone(&self) -> Option<Self>;
    }

    /// A request to be completed, and then sent.
    #[sync_wrapper(type = RequestBuilder, foreign, derive(Debug), fields(patience: Patience = PATIENCE))]
    #[must_use = "a request does nothing until it is sent"]
    impl reqwest::RequestBuilder {
        /// Adds a header.
        pub fn header<K, V>(self, key: K, value: V) -> Self
        where
            HeaderName: TryFrom<K>,
            <HeaderName as TryFrom<K>>::Error: Into<http::Error>,
            HeaderValue: TryFrom<V>,
            <HeaderValue as TryFrom<V>>::Error: Into<http::Error>;
        /// Adds headers, and replaces those of the same name.
        pub fn headers(self, headers: HeaderMap) -> Self;
        /// Adds the header of basic authentication.
        pub fn basic_auth<U: Display, P: Display>(self, user: U, password: Option<P>) -> Self;
        /// Adds the header of authentication by a token.
        pub fn bearer_auth<T: Display>(self, token: T) -> Self;
        /// Limits the request, from its start until its body has been read.
        pub fn timeout(self, timeout: Duration) -> Self;
        #[sync_wrapper(name = body_of)]
        pub(super) fn body(self, body: reqwest::Body) -> Self;
        /// Sets the body to a form.
        pub fn multipart(self, form: reqwest::multipart::Form) -> Self;
        /// Sets the version of HTTP.
        pub fn version(self, version: Version) -> Self;
        /// Makes the request.
        ///
        /// # Errors
        ///
        /// If the URL or a header is invalid.
        pub fn build(self) -> Result<reqwest::Request>;
    }

    /// The head of a response, with a body still to be read: by its methods, or as a reader.
    #[sync_wrapper(type = Response, foreign, derive(Debug), read = chunk)]
    #[sync_wrapper(fields(patience: Patience), timeout = self.patience, flatten = late)]
    impl reqwest::Response {
        /// The status.
        pub fn status(&self) -> StatusCode;
        /// The version of HTTP.
        pub fn version(&self) -> Version;
        /// The headers.
        pub fn headers(&self) -> &HeaderMap;
        /// The headers, to be changed.
        pub fn headers_mut(&mut self) -> &mut HeaderMap;
        /// How long the body is, if that is known.
        pub fn content_length(&self) -> Option<u64>;
        /// Where it comes from, after all redirects.
        pub fn url(&self) -> &Url;
        /// The server's address.
        pub fn remote_addr(&self) -> Option<SocketAddr>;
        /// What layers have left here.
        pub fn extensions(&self) -> &Extensions;
        /// What layers have left here, to be changed.
        pub fn extensions_mut(&mut self) -> &mut Extensions;
        /// The whole body, as text.
        ///
        /// # Errors
        ///
        /// If the body breaks off, or does not come in time.
        pub async fn text(self) -> Result<String>;
        /// The whole body.
        ///
        /// # Errors
        ///
        /// If the body breaks off, or does not come in time.
        pub async fn bytes(self) -> Result<Bytes>;
        /// The next piece of the body. `None` at its end.
        ///
        /// # Errors
        ///
        /// If the body breaks off, or does not come in time.
        pub async fn chunk(&mut self) -> Result<Option<Bytes>>;
        /// The response, unless its status is an error.
        ///
        /// # Errors
        ///
        /// If its status is an error.
        pub fn error_for_status(self) -> Result<Self>;
        /// The same, borrowed.
        ///
        /// # Errors
        ///
        /// If its status is an error.
        pub fn error_for_status_ref(&self) -> Result<&Self>;
    }
}

pub use family::{Client, ClientBuilder, Request, RequestBuilder, Response};

impl ClientBuilder {
    /// Limits each operation: the wait for the head of a response, and each read of its body. `None` is for no limit; the
    /// default is 30 seconds.
    pub fn timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.patience = timeout.into();
        self
    }

    /// Limits the time that a connection takes to open, within that.
    pub fn connect_timeout(self, timeout: impl Into<Option<Duration>>) -> Self {
        match timeout.into() {
            Some(timeout) => self.connect_within(timeout),
            None => self,
        }
    }

    /// Makes the client.
    ///
    /// # Errors
    ///
    /// If the configuration is not possible, or the system's resolver cannot be set up.
    pub fn build(self) -> Result<Client> {
        let patience = self.patience;
        Ok(self.build_client()?.waiting(patience))
    }
}

macro_rules! verbs {
    ($($name:ident $method:ident),*) => {$(
        #[doc = concat!("A `", stringify!($method), "` request.")]
        pub fn $name<U: IntoUrl>(&self, url: U) -> RequestBuilder {
            self.request(Method::$method, url)
        }
    )*};
}

impl Client {
    fn waiting(mut self, patience: Patience) -> Self {
        self.patience = patience;
        self
    }

    verbs!(get GET, post POST, put PUT, patch PATCH, delete DELETE, head HEAD);

    /// A request of any method.
    pub fn request<U: IntoUrl>(&self, method: Method, url: U) -> RequestBuilder {
        RequestBuilder::from(self.as_async().request(method, url)).waiting(self.patience)
    }

    /// Sends a request, and waits for the head of its response.
    ///
    /// # Errors
    ///
    /// If the request cannot be sent, nobody answers in time, or there are too many redirects.
    pub fn execute(&self, request: Request) -> Result<Response> {
        let patience = request.timeout().copied().or(self.patience);
        let mut response: Response = execute_sync(&self.inner, request.into(), patience)?.into();
        response.patience = patience;
        Ok(response)
    }
}

impl RequestBuilder {
    /// Starts with a request.
    pub fn from_parts(client: Client, request: Request) -> Self {
        let patience = client.patience;
        let builder = reqwest::RequestBuilder::from_parts(client.into(), request.into());
        RequestBuilder::from(builder).waiting(patience)
    }

    fn waiting(mut self, patience: Patience) -> Self {
        self.patience = patience;
        self
    }

    /// Sets the body.
    pub fn body(self, body: impl Into<Body>) -> Self {
        let (headers, body) = body.into().into_parts();
        self.headers(headers).body_of(body)
    }

    /// Makes the request, and gives back the client.
    pub fn build_split(self) -> (Client, Result<Request>) {
        let patience = self.patience;
        let (client, request) = self.into_inner().build_split();
        (
            Client::from(client).waiting(patience),
            request.map(Request::from),
        )
    }

    /// Sends the request, and waits for the head of its response.
    ///
    /// # Errors
    ///
    /// If the request is invalid or cannot be sent, nobody answers in time, or there are too many redirects.
    pub fn send(self) -> Result<Response> {
        let (client, request) = self.build_split();
        client.execute(request?)
    }

    /// The same once more, unless its body can be read only once.
    #[must_use]
    pub fn try_clone(&self) -> Option<Self> {
        let clone = RequestBuilder::from(self.as_async().try_clone()?);
        Some(clone.waiting(self.patience))
    }
}

impl Response {
    /// Writes the body, and returns how long it was.
    ///
    /// # Errors
    ///
    /// If the body cannot be read, or not be written.
    pub fn copy_to<W: io::Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<u64> {
        io::copy(self, writer)
    }
}

/// Sends a request, and waits so long for the head of its response.
#[sync_wrapper]
async fn execute(
    client: &reqwest::Client,
    request: reqwest::Request,
    patience: Patience,
) -> Result<reqwest::Response> {
    let url = request.url().clone();
    match timeout(patience.unwrap_or(Duration::MAX), client.execute(request)).await {
        Ok(response) => response,
        // Nobody else can make an error of `reqwest`'s. A request that has no time has the same.
        Err(_) => client.get(url).timeout(Duration::ZERO).send().await,
    }
}

/// The error of a body that does not come in time.
fn late(elapsed: Elapsed) -> reqwest::Error {
    let late = once(ready(Err::<Bytes, io::Error>(elapsed.into())));
    let response = http::Response::new(reqwest::Body::wrap_stream(late));
    Response::from(response).bytes().unwrap_err().without_url()
}

impl<T: Into<reqwest::Body>> From<http::Response<T>> for Response {
    fn from(response: http::Response<T>) -> Self {
        reqwest::Response::from(response).into()
    }
}

impl<T: Into<Body>> TryFrom<http::Request<T>> for Request {
    type Error = reqwest::Error;

    fn try_from(request: http::Request<T>) -> Result<Self> {
        let (mut head, body) = request.into_parts();
        let (headers, body) = body.into().into_parts();
        head.headers.extend(headers);
        let request = http::Request::from_parts(head, body);
        Ok(reqwest::Request::try_from(request)?.into())
    }
}
