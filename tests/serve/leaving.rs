//! Calls that are served while sync-twin leaves the process, and calls that end before their task does.

use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::thread;
use std::time::Duration;
use sync_twin::{Cancel, shutdown, sync_wrapper, to_thread};
use sync_twin_tests::harness::child::alone;
use sync_twin_tests::harness::deadline::within_deadline;
use sync_twin_tests::harness::runtimes::current_thread;
use tokio::sync::oneshot;
use tokio::task::yield_now;

#[sync_wrapper]
async fn answer(begun: oneshot::Sender<()>, question: oneshot::Receiver<u32>) -> u32 {
    begun.send(()).unwrap();
    let n = question.await.unwrap();
    yield_now().await;
    2 * n
}

/// It is left, and says so; the task serves on, and the code may call again. When it has ended, nothing is left.
#[test]
fn a_shutdown_while_a_call_is_served() {
    alone("leaving::a_shutdown_while_a_call_is_served", || {
        let (begun, has_begun) = oneshot::channel();
        let (ask, question) = oneshot::channel();
        let code = move || {
            let first = answer_sync(begun, question);
            let (begun, _has_begun) = oneshot::channel();
            let (ask, question) = oneshot::channel();
            ask.send(first).unwrap();
            answer_sync(begun, question)
        };
        let task = thread::spawn(|| current_thread().block_on(to_thread(code).serve()));
        has_begun.blocking_recv().unwrap();
        let left = shutdown(Duration::from_millis(10));
        assert!(!left.is_empty(), "{left}");
        ask.send(3).unwrap();
        assert_eq!(task.join().unwrap(), 12);
        let left = shutdown(Duration::from_secs(30));
        assert!(left.is_empty(), "{left}");
    });
}

/// Counts its drop.
struct Held(Arc<AtomicUsize>);

impl Drop for Held {
    fn drop(&mut self) {
        self.0.fetch_add(1, SeqCst);
    }
}

#[sync_wrapper(timeout = Duration::from_millis(20))]
async fn late(_held: Held) {
    pending::<()>().await;
}

#[sync_wrapper(cancel = _cancel)]
async fn cancelled(_cancel: &Cancel, begun: oneshot::Sender<()>, _held: Held) {
    begun.send(()).unwrap();
    pending::<()>().await;
}

/// The future is gone when the code goes on, which the task still serves.
#[test]
fn calls_that_end_early() {
    within_deadline(
        "a timeout, and a cancel by another task of the loop",
        || {
            let cancel = Cancel::new();
            let cancels = cancel.clone();
            let (begun, has_begun) = oneshot::channel();
            let code = move || {
                let dropped = Arc::new(AtomicUsize::new(0));
                assert!(late_sync(Held(Arc::clone(&dropped))).is_err());
                assert_eq!(dropped.load(SeqCst), 1);
                assert!(cancelled_sync(&cancel, begun, Held(Arc::clone(&dropped))).is_err());
                assert_eq!(dropped.load(SeqCst), 2);
                let (begun, _has_begun) = oneshot::channel();
                let (ask, question) = oneshot::channel();
                ask.send(4).unwrap();
                answer_sync(begun, question)
            };
            let answer = current_thread().block_on(async {
                let other = async {
                    has_begun.await.unwrap();
                    cancels.cancel();
                };
                tokio::join!(to_thread(code).serve(), other).0
            });
            assert_eq!(answer, 8);
        },
    );
}
