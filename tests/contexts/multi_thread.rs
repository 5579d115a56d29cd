//! In and beside a multi-thread runtime.

use crate::runtimes::{multi_thread, one_worker};
use std::future::pending;
use std::thread;
use sync_twin_tests::harness::call::Call;
use tokio::runtime::Handle;
use tokio::task::{JoinSet, block_in_place, spawn_blocking, yield_now};
use tokio::time::{Duration, sleep};

pub(crate) fn root(call: Call) {
    multi_thread().block_on(async { call.run() });
}

pub(crate) fn tokio_main(call: Call) {
    #[tokio::main]
    async fn start(call: Call) {
        call.run();
    }
    start(call);
}

pub(crate) fn root_of_one_worker(call: Call) {
    one_worker().block_on(async { call.run() });
}

pub(crate) fn handle_block_on(call: Call) {
    let runtime = multi_thread();
    runtime.handle().block_on(async { call.run() });
}

/// The arm that waits has registered the root's waker by then.
pub(crate) fn arm_of_a_join_at_the_root(call: Call) {
    one_worker().block_on(async {
        tokio::join!(sleep(Duration::from_millis(1)), async {
            call.run();
            yield_now().await;
        });
    });
}

pub(crate) fn blocking_thread(call: Call) {
    multi_thread().block_on(async { spawn_blocking(move || call.run()).await.unwrap() });
}

pub(crate) fn blocking_thread_of_one_worker(call: Call) {
    one_worker().block_on(async { spawn_blocking(move || call.run()).await.unwrap() });
}

pub(crate) fn block_in_place_at_the_root(call: Call) {
    multi_thread().block_on(async { block_in_place(|| call.run()) });
}

pub(crate) fn task(call: Call) {
    multi_thread().block_on(async { tokio::spawn(async move { call.run() }).await.unwrap() });
}

pub(crate) fn task_of_one_worker(call: Call) {
    one_worker().block_on(async { tokio::spawn(async move { call.run() }).await.unwrap() });
}

/// The call is made in the middle of the task, which goes on waiting after it.
pub(crate) fn arm_of_a_select_in_a_task(call: Call) {
    let task = async move {
        tokio::select! {
            biased;
            () = pending() => unreachable!("never ready"),
            () = async {
                sleep(Duration::from_millis(1)).await;
                call.run();
                sleep(Duration::from_millis(1)).await;
            } => {}
        }
        yield_now().await;
    };
    one_worker().block_on(async { tokio::spawn(task).await.unwrap() });
}

/// More calls than workers: each has to hand its worker on, or nobody is left to drive.
pub(crate) fn more_tasks_than_workers(call: Call) {
    multi_thread().block_on(async {
        let mut tasks = JoinSet::new();
        for _ in 0..5 {
            let call = call.clone();
            tasks.spawn(async move { call.run() });
        }
        tasks.join_all().await;
    });
}

pub(crate) fn block_in_place_in_a_task(call: Call) {
    let task = async move { block_in_place(|| call.run()) };
    one_worker().block_on(async { tokio::spawn(task).await.unwrap() });
}

/// What people write by hand where there are no twins.
pub(crate) fn handle_block_on_in_block_in_place(call: Call) {
    let task = async move {
        block_in_place(|| Handle::current().block_on(async { call.run() }));
    };
    one_worker().block_on(async { tokio::spawn(task).await.unwrap() });
}

pub(crate) fn scoped_thread_in_a_task(call: Call) {
    let task = async move {
        thread::scope(|scope| {
            scope.spawn(|| call.run());
        });
    };
    one_worker().block_on(async { tokio::spawn(task).await.unwrap() });
}
