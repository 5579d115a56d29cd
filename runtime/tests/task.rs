//! Futures in the background: joined, timed, cancelled, awaited and left alone.

mod deadline;

use deadline::{test_name, watch};
use std::future::{Future, pending};
use std::panic::{AssertUnwindSafe, catch_unwind, panic_any, resume_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::mpsc::{self, Sender};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::Duration;
use sync_twin::testing::in_every_context;
use sync_twin::{Task, spawn, sync_wrapper};
use tokio::runtime::Builder;
use tokio::task::yield_now;
use tokio::time::sleep;

/// Longer than anything here takes, unless it hangs.
const HANG: Duration = Duration::from_secs(60);

async fn work(n: u32) -> u32 {
    yield_now().await;
    sleep(Duration::from_millis(1)).await;
    n + tokio::spawn(async { 1 }).await.expect("no panic")
}

/// Sends when it is dropped.
struct Tell(Sender<()>);

impl Drop for Tell {
    fn drop(&mut self) {
        let _ = self.0.send(());
    }
}

/// Never completes, and counts itself gone when it is dropped, which takes a while.
fn stuck(gone: &Arc<AtomicUsize>) -> Task<()> {
    struct Slow(Arc<AtomicUsize>);
    impl Drop for Slow {
        fn drop(&mut self) {
            thread::sleep(Duration::from_millis(5));
            self.0.fetch_add(1, SeqCst);
        }
    }
    let slow = Slow(Arc::clone(gone));
    spawn(async move {
        let _slow = slow;
        pending().await
    })
}

#[test]
fn every_method_in_every_context() {
    let _watch = watch(&test_name());
    in_every_context(|| {
        assert_eq!(spawn(work(1)).join(), 2);
        assert_eq!(spawn(work(1)).try_join().ok(), Some(2));
        assert_eq!(spawn(work(1)).join_timeout(HANG).ok(), Some(2));
        assert_eq!(sync_twin::block_on(spawn(work(1))), 2);

        let gone = Arc::default();
        let task = stuck(&gone);
        assert!(!task.is_finished());
        let task = task.join_timeout(Duration::from_millis(2));
        let task = task.expect_err("it never completes");
        assert_eq!(task.cancel(), None);
        assert_eq!(gone.load(SeqCst), 1);

        let panic = catch_unwind(|| spawn(async { resume_unwind(Box::new(7)) }).join());
        assert_eq!(panic.unwrap_err().downcast_ref(), Some(&7));
    });
}

/// What would wait for itself if tasks shared a thread.
#[test]
fn tasks_that_join_tasks() {
    let _watch = watch(&test_name());
    fn nest(depth: u32) -> u32 {
        match depth {
            0 => 0,
            depth => spawn(async move { nest(depth - 1) + work(0).await }).join(),
        }
    }
    in_every_context(|| assert_eq!(nest(20), 20));
}

/// A task of the home runtime blocks that until the inner task has ended, in which others are spawned.
#[test]
fn tasks_joined_far_below_a_blocked_home_runtime() {
    let _watch = watch(&test_name());
    #[sync_wrapper(isolation = "always")]
    async fn isolated(n: u32) -> u32 {
        yield_now().await;
        spawn(work(n)).join()
    }
    let total = sync_twin::block_on(async {
        let task = tokio::spawn(async { spawn(async { isolated_sync(1) }).join() });
        task.await.expect("no panic")
    });
    assert_eq!(total, 2);
}

#[test]
fn it_goes_on_while_nobody_joins() {
    let _watch = watch(&test_name());
    let (sender, receiver) = mpsc::channel();
    let task = spawn(async move {
        for step in 0..10 {
            sleep(Duration::from_millis(1)).await;
            sender.send(step).expect("the test listens");
        }
        "done"
    });
    for step in 0..10 {
        assert_eq!(receiver.recv_timeout(HANG), Ok(step));
    }
    while !task.is_finished() {
        thread::yield_now();
    }
    assert_eq!(task.join_timeout(Duration::ZERO).ok(), Some("done"));
}

#[test]
fn it_outlives_the_runtime_of_its_caller() {
    let _watch = watch(&test_name());
    let runtime = Builder::new_current_thread().enable_all().build();
    let mut task = None;
    runtime
        .expect("it starts")
        .block_on(async { task = Some(spawn(work(1))) });
    assert_eq!(task.map(Task::join), Some(2));
}

#[test]
fn dropping_detaches() {
    let _watch = watch(&test_name());
    let (sender, receiver) = mpsc::channel();
    drop(spawn(async move {
        sleep(Duration::from_millis(5)).await;
        sender.send(work(1).await).expect("the test listens");
    }));
    assert_eq!(receiver.recv_timeout(HANG), Ok(2));
}

#[test]
fn a_panic_reaches_whoever_joins() {
    let _watch = watch(&test_name());
    let panics = || spawn(async { panic_any("oh".to_owned()) });
    let error = panics().try_join().unwrap_err();
    assert!(error.is_panic());
    let caught = |panic: Box<dyn std::any::Any + Send>| *panic.downcast::<String>().expect("it");
    assert_eq!(caught(error.into_panic()), "oh");
    let panic = catch_unwind(|| panics().join_timeout(HANG).is_ok());
    assert_eq!(caught(panic.unwrap_err()), "oh");
    let panic = catch_unwind(|| sync_twin::block_on(panics()));
    assert_eq!(caught(panic.unwrap_err()), "oh");

    let task = panics();
    while !task.is_finished() {
        thread::yield_now();
    }
    let panic = catch_unwind(AssertUnwindSafe(|| task.cancel()));
    assert_eq!(caught(panic.unwrap_err()), "oh");
}

#[test]
fn cancel_gives_the_output_of_one_that_has_completed() {
    let _watch = watch(&test_name());
    let task = spawn(async { 7 });
    while !task.is_finished() {
        thread::yield_now();
    }
    assert_eq!(task.cancel(), Some(7));
}

#[test]
fn cancelled_from_elsewhere_while_joined() {
    let _watch = watch(&test_name());
    let (sender, receiver) = mpsc::channel();
    let tell = Tell(sender);
    let task = spawn(async move {
        let _tell = tell;
        pending::<()>().await;
    });
    let handle = task.abort_handle();
    let joiner = thread::spawn(move || task.try_join());
    handle.abort();
    receiver.recv_timeout(HANG).expect("it is dropped");
    let error = joiner.join().expect("no panic").unwrap_err();
    assert!(error.is_cancelled());

    let task = spawn(pending::<()>());
    task.abort_handle().abort();
    let panic = catch_unwind(AssertUnwindSafe(|| task.join())).unwrap_err();
    let message = panic.downcast_ref::<&str>().expect("a message");
    assert!(message.contains("cancelled"), "{message}");
}

#[test]
fn extreme_timeouts() {
    let _watch = watch(&test_name());
    let task = spawn(pending::<()>());
    let task = task.join_timeout(Duration::ZERO).expect_err("it waits");
    task.cancel();
    assert_eq!(spawn(work(1)).join_timeout(Duration::MAX).ok(), Some(2));
}

#[test]
fn awaited_on_every_executor() {
    let _watch = watch(&test_name());
    assert_eq!(futures_executor::block_on(spawn(work(1))), 2);
    for builder in [
        &mut Builder::new_current_thread(),
        &mut Builder::new_multi_thread(),
    ] {
        let runtime = builder.build().expect("it starts");
        assert_eq!(runtime.block_on(spawn(work(1))), 2);
        let in_task = async { tokio::spawn(spawn(work(1))).await };
        assert_eq!(runtime.block_on(in_task).expect("no panic"), 2);
    }
    // By hand, with nothing that could be called an executor.
    let mut task = pin!(spawn(work(1)));
    let cx = &mut Context::from_waker(Waker::noop());
    let output = loop {
        match task.as_mut().poll(cx) {
            Poll::Ready(output) => break output,
            Poll::Pending => thread::yield_now(),
        }
    };
    assert_eq!(output, 2);
}

#[test]
fn a_thread_that_is_ending_may_spawn_and_join() {
    let _watch = watch(&test_name());
    struct AtExit(Sender<u32>);
    impl Drop for AtExit {
        fn drop(&mut self) {
            let _ = self.0.send(spawn(work(1)).join());
        }
    }
    thread_local! {
        static AT_EXIT: std::cell::RefCell<Option<AtExit>> = const { std::cell::RefCell::new(None) };
    }
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || AT_EXIT.set(Some(AtExit(sender))));
    assert_eq!(receiver.recv_timeout(HANG), Ok(2));
}
