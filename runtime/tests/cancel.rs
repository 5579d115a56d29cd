//! Calls that another thread ends, from every context.

mod deadline;

use deadline::{test_name, watch};
use std::cell::Cell;
use std::future::{pending, ready};
use std::io;
use std::rc::Rc;
use std::thread;
use std::time::Duration;
use sync_twin::testing::in_every_context;
use sync_twin::{Cancel, Cancellation, Cancelled, block_on, block_on_cancel, sync_wrapper};
use tokio::task::yield_now;
use tokio_util::sync::CancellationToken;

/// Cancels once the call has most likely begun. If it has not, it ends as well.
fn soon(code: impl FnOnce() + Send + 'static) {
    thread::spawn(move || {
        thread::sleep(Duration::from_millis(2));
        code();
    });
}

#[sync_wrapper(cancel = _token)]
async fn wait(_token: &CancellationToken) {
    pending().await
}

#[test]
fn from_every_context() {
    let _watch = watch(&test_name());
    in_every_context(|| {
        let cancel = Cancel::new();
        let other = cancel.clone();
        soon(move || other.cancel());
        // One that is not `Send`, and busy.
        let polls = Rc::new(Cell::new(0));
        let ended = block_on_cancel(&cancel, async {
            loop {
                polls.set(polls.get() + 1);
                yield_now().await;
            }
        });
        let ended: Result<(), Cancelled> = ended;
        assert!(ended.unwrap_err().location().file().ends_with("cancel.rs"));

        // It is not polled at all any more.
        let polled = polls.get();
        assert!(block_on_cancel(&cancel, async { polls.set(0) }).is_err());
        assert_eq!(polls.get(), polled);

        let token = CancellationToken::new();
        let other = token.clone();
        soon(move || other.cancel());
        assert!(wait_sync(&token).is_err());
    });
}

#[test]
fn what_has_completed_has_completed() {
    let _watch = watch(&test_name());
    let cancel = Cancel::new();
    let output = block_on_cancel(&cancel, async {
        cancel.cancel();
        7
    });
    assert_eq!(output, Ok(7));
    // What waits for more is over.
    let cancel = Cancel::new();
    let output = block_on_cancel(&cancel, async {
        cancel.cancel();
        yield_now().await;
    });
    assert!(output.is_err());
}

/// A task, an iterator's thread and a call may wait with one token, and async code beside them.
#[test]
fn async_code_waits_for_it_as_well() {
    let _watch = watch(&test_name());
    let cancel = Cancel::new();
    let task = sync_twin::spawn({
        let cancel = cancel.clone();
        async move {
            tokio::select! {
                () = cancel.cancelled() => "cancelled",
                () = pending() => "never",
            }
        }
    });
    assert!(!cancel.is_cancelled());
    cancel.cancel();
    assert_eq!(task.join(), "cancelled");
    block_on(Cancellation::cancelled(&Some(&cancel)));
    assert_eq!(format!("{cancel:?}"), "Cancel { is_cancelled: true }");
}

/// std repeats what is interrupted, and would do so for ever.
#[test]
fn as_an_error() {
    let _watch = watch(&test_name());
    let cancel = Cancel::new();
    cancel.cancel();
    let cancelled = block_on_cancel(&cancel, ready(())).unwrap_err();
    let text = cancelled.to_string();
    assert!(text.starts_with("the blocking call at ") && text.ends_with(" was cancelled"));
    let error = io::Error::from(cancelled);
    assert_eq!(error.kind(), io::ErrorKind::Other);
    assert_eq!(error.to_string(), text);
}
