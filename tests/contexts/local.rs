//! `LocalSet` in both kinds of runtime, and `LocalRuntime`.

use sync_twin_tests::harness::call::Call;
use sync_twin_tests::harness::runtimes::{current_thread, local, multi_thread, one_worker};
use tokio::runtime::Handle;
use tokio::task::{LocalSet, block_in_place, spawn_blocking, spawn_local, yield_now};

async fn in_local_task(call: Call) {
    spawn_local(async move {
        yield_now().await;
        call.run();
    })
    .await
    .unwrap();
}

pub(crate) fn set_at_a_multi_thread_root(call: Call) {
    multi_thread().block_on(LocalSet::new().run_until(async { call.run() }));
}

pub(crate) fn task_of_a_set_at_a_multi_thread_root(call: Call) {
    multi_thread().block_on(LocalSet::new().run_until(in_local_task(call)));
}

pub(crate) fn set_block_on_multi_thread(call: Call) {
    LocalSet::new().block_on(&one_worker(), in_local_task(call));
}

pub(crate) fn set_in_block_in_place(call: Call) {
    let task = async move {
        block_in_place(|| {
            Handle::current().block_on(LocalSet::new().run_until(async { call.run() }));
        });
    };
    one_worker().block_on(async { tokio::spawn(task).await.unwrap() });
}

pub(crate) fn task_of_a_set_in_block_in_place(call: Call) {
    let task = async move {
        block_in_place(|| {
            Handle::current().block_on(LocalSet::new().run_until(in_local_task(call)));
        });
    };
    one_worker().block_on(async { tokio::spawn(task).await.unwrap() });
}

/// A common way to run what is not `Send` on a multi-thread runtime.
pub(crate) fn task_of_a_set_on_a_blocking_thread(call: Call) {
    one_worker().block_on(async {
        spawn_blocking(|| {
            Handle::current().block_on(LocalSet::new().run_until(in_local_task(call)));
        })
        .await
        .unwrap();
    });
}

pub(crate) fn set_at_a_current_thread_root(call: Call) {
    current_thread().block_on(LocalSet::new().run_until(async { call.run() }));
}

pub(crate) fn task_of_a_set_at_a_current_thread_root(call: Call) {
    current_thread().block_on(LocalSet::new().run_until(in_local_task(call)));
}

/// actix-web runs its workers so.
pub(crate) fn set_block_on_current_thread(call: Call) {
    LocalSet::new().block_on(&current_thread(), in_local_task(call));
}

/// A set that nobody polls; only its `spawn_local` is meant by the guard.
pub(crate) fn under_the_guard_of_a_set(call: Call) {
    let set = LocalSet::new();
    let _guard = set.enter();
    call.run();
}

pub(crate) fn set_without_a_runtime(call: Call) {
    futures::executor::block_on(LocalSet::new().run_until(in_local_task(call)));
}

pub(crate) fn root_of_a_local_runtime(call: Call) {
    local().block_on(async { call.run() });
}

pub(crate) fn task_of_a_local_runtime(call: Call) {
    local().block_on(in_local_task(call));
}

pub(crate) fn blocking_thread_of_a_local_runtime(call: Call) {
    local().block_on(async { spawn_blocking(move || call.run()).await.unwrap() });
}
