//! A blocking HTTP client: `reqwest`, seen from another crate.

use bytes::Bytes;
use futures_util::Stream;
use http::Extensions;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
pub use reqwest::{Body, Error, IntoUrl, Method, Result, StatusCode, Url, Version, redirect};
use std::borrow::Cow;
use std::fmt::Display;
use std::io::{self, Read};
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::time::Duration;
use sync_twin::sync_wrapper;

#[sync_wrapper(map(
    reqwest::Client = Client,
    reqwest::ClientBuilder = ClientBuilder,
    reqwest::Request = Request,
    reqwest::RequestBuilder = RequestBuilder,
    reqwest::Response = Response,
    reqwest::multipart::Form = Form,
    reqwest::multipart::Part = Part,
))]
mod facade {
    use super::*;

    /// Configures a [`Client`].
    #[sync_wrapper(type = ClientBuilder, foreign, derive(Debug, Default))]
    #[must_use]
    impl reqwest::ClientBuilder {
        /// Starts with the defaults.
        pub fn new() -> Self;
        /// Makes the client.
        pub fn build(self) -> Result<reqwest::Client>;
        /// Sends this `user-agent` with every request.
        pub fn user_agent<V>(self, value: V) -> Self
        where
            V: TryInto<HeaderValue>,
            V::Error: Into<http::Error>;
        /// Sends these headers with every request.
        pub fn default_headers(self, headers: HeaderMap) -> Self;
        /// What to do about redirects: by default, to follow ten of them.
        pub fn redirect(self, policy: redirect::Policy) -> Self;
        /// Whether to send `referer` with a request that follows a redirect.
        pub fn referer(self, enable: bool) -> Self;
        /// Sends requests through this proxy.
        pub fn proxy(self, proxy: reqwest::Proxy) -> Self;
        /// Uses no proxy, whatever the environment says.
        pub fn no_proxy(self) -> Self;
        /// Limits each request, from its start until its body has been read.
        pub fn timeout(self, timeout: Duration) -> Self;
        /// Limits each read.
        pub fn read_timeout(self, timeout: Duration) -> Self;
        /// Limits the time that a connection takes to open.
        pub fn connect_timeout(self, timeout: Duration) -> Self;
        /// Whether to log what is sent and received.
        pub fn connection_verbose(self, verbose: bool) -> Self;
        /// Closes a connection that has been idle for so long.
        pub fn pool_idle_timeout<D: Into<Option<Duration>>>(self, timeout: D) -> Self;
        /// Keeps at most so many idle connections for each host.
        pub fn pool_max_idle_per_host(self, max: usize) -> Self;
        /// Writes header names in title case.
        pub fn http1_title_case_headers(self) -> Self;
        /// Speaks HTTP/1 only.
        pub fn http1_only(self) -> Self;
        /// Whether to send small packets at once.
        pub fn tcp_nodelay(self, enabled: bool) -> Self;
        /// Binds to this address.
        pub fn local_address<T: Into<Option<IpAddr>>>(self, address: T) -> Self;
        /// How long a connection is idle before it is probed.
        pub fn tcp_keepalive<D: Into<Option<Duration>>>(self, time: D) -> Self;
        /// Refuses URLs that are not `https`.
        pub fn https_only(self, enabled: bool) -> Self;
        /// Uses this address for a domain.
        pub fn resolve(self, domain: &str, address: SocketAddr) -> Self;
        /// Uses these addresses for a domain.
        pub fn resolve_to_addrs(self, domain: &str, addresses: &[SocketAddr]) -> Self;
    }

    /// Makes requests, and keeps their connections. A clone shares them.
    #[sync_wrapper(type = Client, foreign, derive(Clone, Debug, Default))]
    impl reqwest::Client {
        /// Starts with the defaults.
        ///
        /// # Panics
        ///
        /// If the system's resolver cannot be set up.
        pub fn new() -> Self;
        /// Configures one.
        pub fn builder() -> reqwest::ClientBuilder;
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
        pub fn body(&self) -> Option<&Body>;
        /// Its body, to be changed.
        pub fn body_mut(&mut self) -> &mut Option<Body>;
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
        /// Sets the body.
        pub fn body<T: Into<Body>>(self, body: T) -> Self;
        /// Limits the request, from its start until its body has been read.
        pub fn timeout(self, timeout: Duration) -> Self;
        /// Sets the body to a form.
        pub fn multipart(self, form: reqwest::multipart::Form) -> Self;
        /// Sets the version of HTTP.
        pub fn version(self, version: Version) -> Self;
        /// Makes the request.
        pub fn build(self) -> Result<reqwest::Request>;
        /// Makes the request, and gives back the client.
        pub fn build_split(self) -> (reqwest::Client, Result<reqwest::Request>);
        /// Sends the request, and waits for the head of its response.
        pub async fn send(self) -> Result<reqwest::Response>;
        /// The same once more, unless its body can be read only once.
        pub fn try_clone(&self) -> Option<Self>;
    }

    /// The head of a response, with a body still to be read.
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
        pub async fn text(self) -> Result<String>;
        /// The whole body.
        pub async fn bytes(self) -> Result<Bytes>;
        /// The whole body, piece by piece.
        pub fn bytes_stream(self) -> impl Stream<Item = Result<Bytes>>;
        /// The next piece of the body.
        pub async fn chunk(&mut self) -> Result<Option<Bytes>>;
        /// The response, unless its status is an error.
        pub fn error_for_status(self) -> Result<Self>;
        /// The same, borrowed.
        pub fn error_for_status_ref(&self) -> Result<&Self>;
    }

    /// A form of several parts.
    #[sync_wrapper(type = Form, foreign, derive(Debug, Default))]
    impl reqwest::multipart::Form {
        /// Without parts.
        pub fn new() -> Self;
        /// What is between the parts.
        pub fn boundary(&self) -> &str;
        /// Adds text.
        pub fn text<T, U>(self, name: T, value: U) -> Self
        where
            T: Into<Cow<'static, str>>,
            U: Into<Cow<'static, str>>;
        /// Adds a file.
        pub async fn file<T, U>(self, name: T, path: U) -> io::Result<Self>
        where
            T: Into<Cow<'static, str>>,
            U: AsRef<Path>;
        /// Adds any part.
        pub fn part<T>(self, name: T, part: reqwest::multipart::Part) -> Self
        where
            T: Into<Cow<'static, str>>;
    }

    /// A part of a form.
    #[sync_wrapper(type = Part, foreign, derive(Debug))]
    impl reqwest::multipart::Part {
        /// Text.
        pub fn text<T: Into<Cow<'static, str>>>(value: T) -> Self;
        /// Bytes.
        pub fn bytes<T: Into<Cow<'static, [u8]>>>(value: T) -> Self;
        /// The content of a file.
        pub async fn file<T: AsRef<Path>>(path: T) -> io::Result<Self>;
        /// Sets the type of its content.
        pub fn mime_str(self, mime: &str) -> Result<Self>;
        /// Sets the name of the file.
        pub fn file_name<T: Into<Cow<'static, str>>>(self, name: T) -> Self;
        /// Sets headers of its own.
        pub fn headers(self, headers: HeaderMap) -> Self;
    }
}

/// Forms of several parts.
pub mod multipart {
    pub use super::facade::{Form, Part};
}

pub use facade::{Client, ClientBuilder, Request, RequestBuilder, Response};

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

/// A body that is read from somewhere while it is sent.
pub fn body_from(reader: impl Read + Send + 'static) -> Body {
    Body::wrap_stream(sync_twin::io::chunks(reader))
}

/// Makes one `GET` request, by a client of its own.
///
/// # Errors
///
/// If the URL is invalid, or the request fails.
pub fn get(url: impl IntoUrl) -> Result<Response> {
    Client::builder().build()?.get(url).send()
}
