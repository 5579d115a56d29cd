//! Every shape that an async fn can have, each with a twin that is called.
//!
//! The lints are part of the test: generated code must not be the cause of a warning. The items are `pub`
//! and documented because many lints only look at those.

#![deny(warnings, clippy::pedantic)]

pub mod attributes;
pub mod bodies;
pub mod conditions;
pub mod free;
pub mod generics;
pub mod isolation;
pub mod lifetimes;
pub mod macro_rules;
pub mod names;
pub mod options;
pub mod patterns;
pub mod receivers;
pub mod renamed;
pub mod results;
pub mod traits;
pub mod unsafety;

/// What every async fn here waits for, so that it is pending once.
pub async fn pause() {
    tokio::task::yield_now().await;
}

/// What the async fn itself returns, to compare its twin with.
///
/// # Panics
///
/// When no runtime can be built.
pub fn awaited<F: IntoFuture>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime can be built")
        .block_on(future.into_future())
}
