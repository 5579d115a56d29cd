//! Code that a task serves, while the task does not.

use crate::call_at;
use crate::told::is_told;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;
use sync_twin::{sync_wrapper, to_thread};
use sync_twin_tests::harness::runtimes::current_thread;
use tokio::sync::oneshot;
use tokio::task::yield_now;

#[sync_wrapper]
async fn step(begun: oneshot::Sender<()>) {
    begun.send(()).unwrap();
    yield_now().await;
    yield_now().await;
}

/// As in the body of a `select!`, that awaits something else while the other branch stands still.
#[test]
fn a_task_that_awaits_something_else() {
    let call = call_at!("// stalls");
    is_told(
        "served::a_task_that_awaits_something_else",
        &[
            &call,
            "in code that a task serves",
            "waits for the async `step`",
            "that task does not poll: its future is in a `select!`",
            "await the future of `serve` to its end, or drop it",
        ],
        || {
            current_thread().block_on(async {
                let (begun, mut has_begun) = oneshot::channel();
                let code = || step_sync(begun); // stalls
                let mut code = pin!(to_thread(code).serve());
                poll_fn(|cx| {
                    assert!(code.as_mut().poll(cx).is_pending());
                    match has_begun.try_recv() {
                        Ok(()) => Poll::Ready(()),
                        Err(_) => Poll::Pending,
                    }
                })
                .await;
                std::future::pending::<()>().await;
            });
        },
    );
}
