//! What a blocking type of a sink waits for.
//!
//! Generated code names the methods of `Sink` by the path that the user has for it, so this crate need not know the trait.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};

/// Waits until there is room for `item`, and puts it there.
///
/// # Errors
///
/// Those of the sink.
pub async fn feed_item<T, I, E>(
    mut sink: Pin<&mut T>,
    item: I,
    mut poll_ready: impl FnMut(Pin<&mut T>, &mut Context<'_>) -> Poll<Result<(), E>>,
    start_send: impl FnOnce(Pin<&mut T>, I) -> Result<(), E>,
) -> Result<(), E> {
    poll_fn(|cx| poll_ready(sink.as_mut(), cx)).await?;
    start_send(sink, item)
}

/// The same, and waits until it has left the sink.
///
/// # Errors
///
/// Those of the sink.
pub async fn send_item<T, I, E>(
    mut sink: Pin<&mut T>,
    item: I,
    poll_ready: impl FnMut(Pin<&mut T>, &mut Context<'_>) -> Poll<Result<(), E>>,
    start_send: impl FnOnce(Pin<&mut T>, I) -> Result<(), E>,
    poll_flush: impl FnMut(Pin<&mut T>, &mut Context<'_>) -> Poll<Result<(), E>>,
) -> Result<(), E> {
    feed_item(sink.as_mut(), item, poll_ready, start_send).await?;
    poll_sink(sink, poll_flush).await
}

/// Waits for the end of `poll`: that of a sink's `poll_flush` or `poll_close`.
///
/// # Errors
///
/// Those of the sink.
pub async fn poll_sink<T, E>(
    mut sink: Pin<&mut T>,
    mut poll: impl FnMut(Pin<&mut T>, &mut Context<'_>) -> Poll<Result<(), E>>,
) -> Result<(), E> {
    poll_fn(|cx| poll(sink.as_mut(), cx)).await
}
