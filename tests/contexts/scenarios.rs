//! What both kinds of runtime are asked to do with a call.

use std::future::pending;
use std::thread;
use sync_twin_tests::harness::call::Call;
use tokio::runtime::Runtime;
use tokio::task::{spawn_blocking, yield_now};
use tokio::time::{Duration, sleep};

pub(crate) fn root(runtime: &Runtime, call: Call) {
    runtime.block_on(async { call.run() });
}

pub(crate) fn handle_block_on(runtime: &Runtime, call: Call) {
    runtime.handle().block_on(async { call.run() });
}

pub(crate) fn task(runtime: &Runtime, call: Call) {
    runtime.block_on(async { tokio::spawn(async move { call.run() }).await.unwrap() });
}

/// The arm that waits has registered the root's waker by then.
pub(crate) fn arm_of_a_join_at_the_root(runtime: &Runtime, call: Call) {
    runtime.block_on(async {
        tokio::join!(sleep(Duration::from_millis(1)), async {
            call.run();
            yield_now().await;
        });
    });
}

/// The call is made in the middle of the task, which goes on waiting after it.
pub(crate) fn arm_of_a_select_in_a_task(runtime: &Runtime, call: Call) {
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
    runtime.block_on(async { tokio::spawn(task).await.unwrap() });
}

pub(crate) fn scoped_thread_in_a_task(runtime: &Runtime, call: Call) {
    let task = async move {
        thread::scope(|scope| {
            scope.spawn(|| call.run());
        });
    };
    runtime.block_on(async { tokio::spawn(task).await.unwrap() });
}

pub(crate) fn blocking_thread(runtime: &Runtime, call: Call) {
    runtime.block_on(async { spawn_blocking(move || call.run()).await.unwrap() });
}
