//! What a runtime of the user's holds is freed with it, after calls of all kinds in it.

use crate::acts::{
    blocking_closure_of_home_sync, isolated_sync, plain_sync, task_of_the_crew_sync,
};
use std::sync::Arc;
use std::time::{Duration, Instant};
use std::{mem, thread};
use sync_twin::{block_on, spawn, sync_wrapper, to_thread};
use sync_twin_tests::harness::deadline::within_deadline;
use tokio::runtime::{Builder, Runtime};
use tokio::time::sleep;

/// So long that the call has a sentinel.
#[sync_wrapper]
async fn long() {
    sleep(Duration::from_millis(150)).await;
}

#[sync_wrapper(isolation = "never")]
async fn long_in_place() {
    sleep(Duration::from_millis(150)).await;
}

fn calls() {
    assert_eq!(plain_sync(1), 1);
    assert_eq!(isolated_sync(1), 1);
    assert_eq!(blocking_closure_of_home_sync(1), 1);
    assert_eq!(task_of_the_crew_sync(1), 1);
    assert_eq!(spawn(async { plain_sync(1) }).join(), 1);
    assert_eq!(block_on(to_thread(|| plain_sync(1))), 1);
    assert_eq!(block_on(async { plain_sync(1) }), 1);
    long_sync();
    long_in_place_sync();
}

/// A runtime whose hook holds the value.
fn holding(builder: &mut Builder, held: &Arc<()>) -> Runtime {
    let held = Arc::clone(held);
    let builder = builder.enable_all().on_thread_stop(move || {
        let _held = &held;
    });
    builder.build().unwrap()
}

#[track_caller]
fn check_freed(held: &Arc<()>) {
    let end = Instant::now() + Duration::from_secs(30);
    while Arc::strong_count(held) > 1 {
        assert!(
            Instant::now() < end,
            "it is held {} times",
            Arc::strong_count(held) - 1
        );
        thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn a_multi_thread_runtime() {
    within_deadline("a multi-thread runtime", || {
        let held = Arc::new(());
        let runtime = holding(Builder::new_multi_thread().worker_threads(2), &held);
        runtime.block_on(async {
            calls();
            tokio::spawn(async { calls() }).await.unwrap();
            tokio::task::spawn_blocking(calls).await.unwrap();
        });
        {
            let _context = runtime.enter();
            calls();
        }
        drop(runtime);
        check_freed(&held);
    });
}

#[test]
fn a_current_thread_runtime() {
    within_deadline("a current-thread runtime", || {
        let held = Arc::new(());
        let runtime = holding(&mut Builder::new_current_thread(), &held);
        runtime.block_on(async {
            calls();
            tokio::spawn(async { calls() }).await.unwrap();
            tokio::task::spawn_blocking(calls).await.unwrap();
        });
        drop(runtime);
        check_freed(&held);
    });
}

/// One that is lent.
#[test]
fn a_runtime_that_is_lent() {
    #[sync_wrapper(runtime = runtime)]
    async fn lent(runtime: &Runtime) {
        sleep(Duration::from_millis(150)).await;
        let _ = runtime;
    }
    within_deadline("a runtime that is lent", || {
        for new in [Builder::new_current_thread, Builder::new_multi_thread] {
            let mut builder = new();
            let held = Arc::new(());
            let runtime = holding(&mut builder, &held);
            lent_sync(&runtime);
            drop((runtime, builder));
            check_freed(&held);
        }
    });
}

/// Its tasks are in calls when it goes.
#[test]
fn a_runtime_that_ends_while_its_tasks_call() {
    #[sync_wrapper]
    async fn forever() {
        std::future::pending().await
    }
    within_deadline("a runtime that ends while its tasks call", || {
        let held = Arc::new(());
        let runtime = holding(Builder::new_multi_thread().worker_threads(2), &held);
        for _ in 0..2 {
            mem::drop(runtime.spawn(async { forever_sync() }));
        }
        thread::sleep(Duration::from_millis(200));
        drop(runtime);
        check_freed(&held);
    });
}
