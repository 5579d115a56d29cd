//! What `reqwest` has, and what its blocking twin adds.

use super::multipart::Form;
use super::{Body, IntoUrl, Method, Proxy, Result, StatusCode, Url, Version, redirect};
use bytes::Bytes;
use http::Extensions;
use http::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::dns::Resolve;
use std::fmt::Display;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use sync_twin::sync_wrapper;

/// What a client waits for each operation, unless it says otherwise.
const PATIENCE: Duration = Duration::from_secs(30);

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
    #[sync_wrapper(type = ClientBuilder, foreign, derive(Debug))]
    #[must_use]
    impl reqwest::ClientBuilder {
        /// Makes the client.
        ///
        /// # Errors
        ///
        /// If the configuration is not possible, or the system's resolver cannot be set up.
        pub fn build(self) -> Result<reqwest::Client>;
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
    #[sync_wrapper(type = Client, foreign, derive(Clone, Debug))]
    impl reqwest::Client {
        /// A `GET` request.
        pub fn get<U: IntoUrl>(&self, url: U) -> reqwest::RequestBuilder;
        /// A `POST` request.
        pub fn post<U: IntoUrl>(&self, url: U) -> reqwest::RequestBuilder;
        /// A `PUT` request.
        pub fn put<U: IntoUrl>(&self, url: U) -> reqwest::RequestBuilder;
        /// A `PATCH` request.
        pub fn patch<U: IntoUrl>(&self, url: U) -> reqwest::RequestBuilder;
        /// A `DELETE` request.
        pub fn delete<U: IntoUrl>(&self, url: U) -> reqwest::RequestBuilder;
        /// A `HEAD` request.
        pub fn head<U: IntoUrl>(&self, url: U) -> reqwest::RequestBuilder;
        /// A request of any method.
        pub fn request<U: IntoUrl>(&self, method: Method, url: U) -> reqwest::RequestBuilder;
        /// Sends a request, and waits for the head of its response.
        ///
        /// # Errors
        ///
        /// If the request cannot be sent, nobody answers in time, or there are too many redirects.
        pub async fn execute(&self, request: reqwest::Request) -> Result<reqwest::Response>;
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
    #[sync_wrapper(type = RequestBuilder, foreign, derive(Debug))]
    #[must_use = "a request does nothing until it is sent"]
    impl reqwest::RequestBuilder {
        /// Starts with a request.
        pub fn from_parts(client: reqwest::Client, request: reqwest::Request) -> Self;
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
        /// Makes the request, and gives back the client.
        pub fn build_split(self) -> (reqwest::Client, Result<reqwest::Request>);
        /// Sends the request, and waits for the head of its response.
        ///
        /// # Errors
        ///
        /// If the request is invalid or cannot be sent, nobody answers in time, or there are too many redirects.
        pub async fn send(self) -> Result<reqwest::Response>;
        /// The same once more, unless its body can be read only once.
        pub fn try_clone(&self) -> Option<Self>;
    }

    /// The head of a response, with a body still to be read: by its methods, or as a reader.
    #[sync_wrapper(type = Response, foreign, derive(Debug), read = chunk)]
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
    /// Starts with the defaults.
    pub fn new() -> Self {
        reqwest::ClientBuilder::new().read_timeout(PATIENCE).into()
    }

    /// Limits each operation: the wait for the head of a response, and each read of its body. `None` is for no limit; the
    /// default is 30 seconds.
    pub fn timeout(self, timeout: impl Into<Option<Duration>>) -> Self {
        let timeout = timeout.into().unwrap_or(Duration::MAX);
        self.into_inner().read_timeout(timeout).into()
    }

    /// Limits the time that a connection takes to open, within that.
    pub fn connect_timeout(self, timeout: impl Into<Option<Duration>>) -> Self {
        let timeout = timeout.into().unwrap_or(Duration::MAX);
        self.into_inner().connect_timeout(timeout).into()
    }
}

impl Default for ClientBuilder {
    fn default() -> Self {
        ClientBuilder::new()
    }
}

impl Client {
    /// Starts with the defaults.
    ///
    /// # Panics
    ///
    /// If the system's resolver cannot be set up. [`ClientBuilder::build`] returns an error then.
    #[must_use]
    pub fn new() -> Self {
        Client::builder().build().expect("a client with defaults")
    }

    /// Configures one.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::new()
    }
}

impl Default for Client {
    fn default() -> Self {
        Client::new()
    }
}

impl RequestBuilder {
    /// Sets the body.
    pub fn body(self, body: impl Into<Body>) -> Self {
        let (headers, body) = body.into().into_parts();
        self.into_inner().headers(headers).body(body).into()
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
