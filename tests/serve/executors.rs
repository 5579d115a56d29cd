//! The task may be one of any executor.

use futures::executor::{LocalPool, ThreadPool};
use futures::task::{LocalSpawnExt, SpawnExt};
use std::rc::Rc;
use std::time::Duration;
use sync_twin::{sync_wrapper, to_thread};
use sync_twin_tests::harness::deadline::within_deadline;
use sync_twin_tests::harness::runtimes::workers;
use tokio::task::yield_now;
use tokio::time::sleep;

/// It needs timers, and a runtime to spawn into.
#[sync_wrapper]
async fn work(n: u32) -> u32 {
    sleep(Duration::from_millis(1)).await;
    yield_now().await;
    tokio::spawn(async move { n + 1 }).await.unwrap()
}

/// The same with a future that is not `Send`.
#[sync_wrapper]
async fn local_work(n: u32) -> u32 {
    let shared = Rc::new(n);
    let done = work(*shared).await;
    drop(shared);
    done
}

async fn served() {
    let code = || (0..20).map(work_sync).sum::<u32>();
    assert_eq!(to_thread(code).serve().await, 210);
    // Side by side.
    let code = || to_thread(|| work_sync(1)).serve();
    assert_eq!(tokio::join!(code(), code(), code()), (2, 2, 2));
}

async fn served_locally() {
    let code = || (0..20).map(local_work_sync).sum::<u32>();
    assert_eq!(to_thread(code).serve_local().await, 210);
}

#[test]
fn of_tokio() {
    within_deadline("tokio", || {
        let runtime = workers(2);
        runtime.block_on(async {
            served().await;
            served_locally().await;
            tokio::spawn(served()).await.unwrap();
        });
    });
}

#[test]
fn of_futures() {
    within_deadline("futures", || {
        futures::executor::block_on(served());
        futures::executor::block_on(served_locally());
        let mut pool = LocalPool::new();
        let task = pool.spawner().spawn_local_with_handle(served_locally());
        pool.run_until(task.unwrap());
        let pool = ThreadPool::builder().pool_size(2).create().unwrap();
        let task = pool.spawn_with_handle(served()).unwrap();
        futures::executor::block_on(task);
    });
}

#[test]
fn of_smol() {
    within_deadline("smol", || {
        smol::block_on(served());
        smol::block_on(served_locally());
        smol::block_on(smol::spawn(served()));
        let executor = smol::LocalExecutor::new();
        smol::block_on(executor.run(executor.spawn(served_locally())));
    });
}

#[test]
fn of_sync_twin() {
    within_deadline("sync-twin", || {
        sync_twin::block_on(served());
        sync_twin::block_on(served_locally());
        sync_twin::spawn(served()).join();
    });
}
