//! Inside twins, and in what they leave running.

use std::rc::Rc;
use sync_twin::{block_on, sync_wrapper};
use sync_twin_tests::harness::call::Call;
use sync_twin_tests::harness::runtimes::{current_thread, one_worker};
use tokio::runtime::Handle;
use tokio::task::{LocalSet, spawn_blocking, spawn_local, yield_now};

#[sync_wrapper]
async fn run(call: &Call) {
    yield_now().await;
    call.run();
    yield_now().await;
}

#[sync_wrapper]
async fn run_in_place(call: Rc<Call>) {
    yield_now().await;
    call.run();
    yield_now().await;
}

#[sync_wrapper(isolation = "always")]
async fn isolated(code: impl AsyncFnOnce() + Send) {
    code().await;
}

async fn in_task(call: Call) {
    tokio::spawn(async move { call.run() }).await.unwrap();
}

async fn on_blocking_thread(call: Call) {
    spawn_blocking(move || call.run()).await.unwrap();
}

pub(crate) fn twin(call: Call) {
    run_sync(&call);
}

pub(crate) fn twin_in_twin_in_twin(call: Call) {
    #[sync_wrapper]
    async fn outer(call: &Call) {
        yield_now().await;
        run_sync(call);
    }
    block_on(async {
        yield_now().await;
        outer_sync(&call);
    });
}

pub(crate) fn task_of_a_twin(call: Call) {
    block_on(in_task(call));
}

pub(crate) fn blocking_thread_of_a_twin(call: Call) {
    block_on(on_blocking_thread(call));
}

pub(crate) fn twin_on_a_worker(call: Call) {
    let task = async move { run_sync(&call) };
    one_worker().block_on(async { tokio::spawn(task).await.unwrap() });
}

pub(crate) fn twin_on_a_driver(call: Call) {
    current_thread().block_on(async { run_sync(&call) });
}

/// This one stays on the driver's thread, in the crew's context.
pub(crate) fn rc_twin_on_a_driver(call: Call) {
    current_thread().block_on(async { run_in_place_sync(Rc::new(call)) });
}

pub(crate) fn task_of_a_twin_on_a_worker(call: Call) {
    let task = async move { block_on(in_task(call)) };
    one_worker().block_on(async { tokio::spawn(task).await.unwrap() });
}

pub(crate) fn task_of_an_rc_twin_on_a_driver(call: Call) {
    current_thread().block_on(async { block_on(in_task(call)) });
}

pub(crate) fn isolated_call(call: Call) {
    isolated_sync(async move || call.run());
}

pub(crate) fn isolated_in_isolated(call: Call) {
    isolated_sync(async move || {
        yield_now().await;
        isolated_sync(async move || call.run());
        yield_now().await;
    });
}

pub(crate) fn task_of_an_isolated_call(call: Call) {
    isolated_sync(async move || in_task(call).await);
}

pub(crate) fn local_task_of_an_isolated_call(call: Call) {
    isolated_sync(async move || {
        let task = async { spawn_local(async move { call.run() }).await.unwrap() };
        LocalSet::new().run_until(task).await;
    });
}

pub(crate) fn blocking_thread_of_an_isolated_call(call: Call) {
    isolated_sync(async move || on_blocking_thread(call).await);
}

/// The thread is inside a `block_on` of its own runtime that sync-twin knows nothing of.
pub(crate) fn handle_block_on_in_an_isolated_call(call: Call) {
    isolated_sync(async move || Handle::current().block_on(async { call.run() }));
}

pub(crate) fn other_runtime_in_an_isolated_call(call: Call) {
    isolated_sync(async move || current_thread().block_on(async { call.run() }));
}

pub(crate) fn multi_thread_root_in_a_twin(call: Call) {
    block_on(async { one_worker().block_on(async { call.run() }) });
}

pub(crate) fn other_executor_in_an_isolated_call(call: Call) {
    isolated_sync(async move || {
        futures::executor::block_on(async { call.run() });
    });
}
