//! Blocking code on the runtime of a test.

use crate::context::Place;
use crate::runtime_choice::instead;
use std::sync::Arc;
use tokio::runtime::Runtime;

/// Calls `code`, and lets all blocking calls in it live on `runtime`, in place of sync-twin's own.
///
/// So a test gives blocking code the clock of its own runtime. With a clock that is paused (`start_paused`, with tokio's
/// feature `test-util`), time does not pass: when every future waits for it, it jumps. A time limit of an hour, or a retry
/// with its pauses, then takes a test no time:
///
/// ```
/// # use std::time::Duration;
/// # use sync_twin::{sync_wrapper, testing::on_runtime};
/// # #[sync_wrapper] async fn nap() { tokio::time::sleep(Duration::from_millis(1)).await }
/// let mut builder = tokio::runtime::Builder::new_current_thread();
/// # /*
/// builder.start_paused(true);
/// # */
/// let runtime = builder.enable_all().build()?;
///
/// on_runtime(runtime, || {
///     // An hour each, in virtual time.
///     for _ in 0..3 {
///         nap_sync();
///     }
/// });
/// # std::io::Result::Ok(())
/// ```
///
/// The thread that waits in a call drives the runtime, if that is a current-thread one. Calls that isolate do so on
/// their own thread, and twins that an async fn calls live there, too. The blocking types, iterators and batches of `code`
/// have that runtime when they are used there.
///
/// What does not: calls on other threads that `code` starts; [`spawn`](crate::spawn) and [`to_thread`](crate::to_thread());
/// twins with the option `runtime`; and calls inside or beside another runtime, or made by a task of this one, unless they
/// isolate. They live in real time, as std's clock does. A paused clock jumps while they work, if the runtime waits for
/// nothing but time and them.
///
/// An `on_runtime` in another one holds until it ends. The runtime is shut down at the end, as by
/// [`shutdown_background`](Runtime::shutdown_background).
///
/// # Panics
///
/// Inside or beside a runtime, such as in a `#[tokio::test]`: there the thread could not drive this one. Test blocking code in
/// a plain `#[test]`. A panic of `code` passes.
#[track_caller]
pub fn on_runtime<T>(runtime: Runtime, code: impl FnOnce() -> T) -> T {
    let runtime = Arc::new(runtime);
    let _ended = Ended(Some(Arc::clone(&runtime)));
    assert!(
        Place::find() == Place::Plain,
        "`on_runtime` is for plain threads, as those of a `#[test]`: this one is inside or beside another runtime, and could \
         not drive that of the test"
    );
    let _here = instead::set_here(runtime);
    code()
}

/// A runtime that is shut down when this is dropped: in async code, too, where dropping the runtime would panic.
struct Ended(Option<Arc<Runtime>>);

impl Drop for Ended {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take().and_then(Arc::into_inner) {
            runtime.shutdown_background();
        }
    }
}
