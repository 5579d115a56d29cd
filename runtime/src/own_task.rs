//! Tasks of sync-twin's own, on any runtime.

use std::future::Future;
use std::pin::Pin;
use tokio::runtime::Handle;
use tokio::task::JoinHandle;

/// Spawns `future` on `runtime`.
///
/// Boxed, so that rustc makes tokio's task once, and not for each future and each kind of runtime. To box a future that holds
/// nothing costs nothing.
pub(crate) fn spawn(
    runtime: &Handle,
    future: impl Future<Output = ()> + Send + 'static,
) -> JoinHandle<()> {
    let future: Pin<Box<dyn Future<Output = ()> + Send>> = Box::pin(future);
    runtime.spawn(future)
}
