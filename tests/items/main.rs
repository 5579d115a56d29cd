//! Every item that can have the attribute, each with twins that are called.
//!
//! The lints are part of the test: generated code must not be the cause of a warning. The items are `pub` because
//! many lints only look at those.

#![deny(warnings)]
#![allow(
    missing_docs,
    reason = "these items are read by nobody but the compiler"
)]
#![allow(
    clippy::manual_async_fn,
    clippy::needless_lifetimes,
    reason = "what could be written more simply is here to be wrapped too"
)]

pub mod additive;
pub mod async_traits;
pub mod blocking_types;
pub mod combinations;
pub mod defaults;
pub mod endings;
pub mod flavors;
pub mod futures;
pub mod impl_blocks;
pub mod lone;
pub mod modules;
pub mod other_attributes;
pub mod polled;
pub mod renamed;
pub mod resp;
pub mod runtimes;
pub mod sink_types;
pub mod stopping;
pub mod stream_types;
pub mod streams;
pub mod tail;
pub mod taken_names;
pub mod timeouts;
pub mod trait_variants;
pub mod traits;
pub mod unused;

use sync_twin_tests::harness::everywhere as places;

/// What every async fn here waits for, so that it is pending once.
pub async fn pause() {
    tokio::task::yield_now().await;
}
