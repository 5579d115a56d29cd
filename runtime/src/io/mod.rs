//! Blocking readers and writers over async ones, and streams over blocking ones.
//!
//! All of it may be used in every [`Context`](crate::Context), as twins may.

mod blocking;
#[cfg(feature = "futures-io")]
mod blocking_futures;
#[cfg(feature = "stream")]
mod chunks;
mod error;
#[cfg(feature = "stream")]
mod reader;
#[doc(hidden)]
pub mod unread;
mod wrapper;
#[doc(hidden)]
pub mod written;

pub use blocking::Blocking;
#[cfg(feature = "futures-io")]
#[cfg_attr(docsrs, doc(cfg(feature = "futures-io")))]
pub use blocking_futures::BlockingFutures;
#[cfg(feature = "stream")]
#[cfg_attr(docsrs, doc(cfg(feature = "stream")))]
pub use chunks::{ToStream, chunks, to_stream};
#[cfg(feature = "stream")]
#[cfg_attr(docsrs, doc(cfg(feature = "stream")))]
pub use reader::{Reader, reader};
