//! In and beside a multi-thread runtime.

use crate::scenarios;
use sync_twin_tests::harness::call::Call;
use sync_twin_tests::harness::runtimes::{multi_thread, one_worker};
use tokio::runtime::Handle;
use tokio::task::{JoinSet, block_in_place};

pub(crate) fn root(call: Call) {
    scenarios::root(&multi_thread(), call);
}

pub(crate) fn tokio_main(call: Call) {
    #[tokio::main]
    async fn start(call: Call) {
        call.run();
    }
    start(call);
}

pub(crate) fn root_of_one_worker(call: Call) {
    scenarios::root(&one_worker(), call);
}

pub(crate) fn handle_block_on(call: Call) {
    scenarios::handle_block_on(&multi_thread(), call);
}

pub(crate) fn arm_of_a_join_at_the_root(call: Call) {
    scenarios::arm_of_a_join_at_the_root(&one_worker(), call);
}

pub(crate) fn blocking_thread(call: Call) {
    scenarios::blocking_thread(&multi_thread(), call);
}

pub(crate) fn blocking_thread_of_one_worker(call: Call) {
    scenarios::blocking_thread(&one_worker(), call);
}

pub(crate) fn block_in_place_at_the_root(call: Call) {
    multi_thread().block_on(async { block_in_place(|| call.run()) });
}

pub(crate) fn task(call: Call) {
    scenarios::task(&multi_thread(), call);
}

pub(crate) fn task_of_one_worker(call: Call) {
    scenarios::task(&one_worker(), call);
}

pub(crate) fn arm_of_a_select_in_a_task(call: Call) {
    scenarios::arm_of_a_select_in_a_task(&one_worker(), call);
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
    scenarios::scoped_thread_in_a_task(&one_worker(), call);
}
