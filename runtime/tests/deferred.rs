//! The driver of the home runtime puts wake-ups off; a task that it runs may count on them all the same.

mod deadline;

use deadline::{test_name, watch};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;
use sync_twin::block_on;
use tokio::sync::oneshot;

/// How long until something counts as hanging.
const HANGS: Duration = Duration::from_secs(20);

#[test]
fn a_task_may_wait_for_the_caller_that_it_has_woken() {
    let _watch = watch(&test_name());
    thread::scope(|scope| {
        let (waits, waiting) = mpsc::channel();
        let (over, is_over) = oneshot::channel::<()>();
        scope.spawn(move || {
            block_on(async {
                waits.send(()).expect("the test waits for this");
                let _ = is_over.await;
            });
        });
        waiting.recv().expect("the other caller waits");
        // As a rule the other caller drives, and runs the task. Here the caller would wait for itself.
        let elsewhere = (0..100).filter(|_| woken_by_a_task_that_then_waits_for_us());
        let often = elsewhere.take(10).count();
        drop(over);
        assert_eq!(often, 10, "the task hardly ever ran on another thread");
    });
}

/// Whether the task ran on another thread.
fn woken_by_a_task_that_then_waits_for_us() -> bool {
    let caller = thread::current().id();
    let (wake, woken) = oneshot::channel();
    let (confirm, confirmed) = mpsc::channel();
    let (tell, told) = mpsc::channel();
    block_on(async {
        tokio::spawn(async move {
            // Until the caller sleeps.
            tokio::time::sleep(Duration::from_millis(1)).await;
            let elsewhere = thread::current().id() != caller;
            wake.send(()).expect("the caller waits");
            let in_time = !elsewhere || confirmed.recv_timeout(HANGS).is_ok();
            tell.send((elsewhere, in_time)).expect("the test listens");
        });
        woken.await.expect("the task sends");
    });
    confirm.send(()).ok();
    let (elsewhere, in_time) = told.recv().expect("the task tells");
    assert!(in_time, "the caller was not woken");
    elsewhere
}
