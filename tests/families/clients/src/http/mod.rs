//! A blocking HTTP client around `reqwest`.
//!
//! ```no_run
//! use std::io;
//! use sync_twin_tests_clients::http::Client;
//!
//! let client = Client::new();
//! let text = client.get("http://example.com/").send()?.error_for_status()?.text()?;
//!
//! let mut response = client.get("http://example.com/large").send()?;
//! io::copy(&mut response, &mut io::stdout())?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Everything may be called from everywhere: from plain threads, async code, a `Drop`.
//!
//! # Time limits
//!
//! [`ClientBuilder::timeout`] limits each operation: connecting and sending until the head of the response is there, and then
//! each read of its body. The default is 30 seconds. [`RequestBuilder::timeout`] takes its place for a request, and limits that as a
//! whole, with its body.

mod body;
mod facade;
pub mod multipart;

pub use body::Body;
pub use facade::{Client, ClientBuilder, Request, RequestBuilder, Response};
#[doc(no_inline)]
pub use reqwest::{Error, IntoUrl, Method, Proxy, Result, StatusCode, Url, Version, redirect};

/// Makes one `GET` request, by a client of its own.
///
/// # Errors
///
/// If the URL is invalid, or the request fails.
pub fn get(url: impl IntoUrl) -> Result<Response> {
    Client::builder().build()?.get(url).send()
}
