//! `enter()` guards, which say whose context a thread is in and nothing about who drives it.

use sync_twin_tests::harness::call::Call;
use sync_twin_tests::harness::runtimes::{current_thread, multi_thread, one_worker};

pub(crate) fn multi_thread_on_a_plain_thread(call: Call) {
    let runtime = one_worker();
    let _guard = runtime.enter();
    call.run();
}

pub(crate) fn undriven_current_thread_on_a_plain_thread(call: Call) {
    let runtime = current_thread();
    let _guard = runtime.enter();
    call.run();
}

pub(crate) fn multi_thread_below_current_thread(call: Call) {
    let below = multi_thread();
    let above = current_thread();
    let _below = below.enter();
    let _above = above.enter();
    call.run();
}

pub(crate) fn current_thread_below_multi_thread(call: Call) {
    let below = current_thread();
    let above = multi_thread();
    let _below = below.enter();
    let _above = above.enter();
    call.run();
}

pub(crate) fn two_current_threads(call: Call) {
    let below = current_thread();
    let above = current_thread();
    let _below = below.enter();
    let _above = above.enter();
    call.run();
}

pub(crate) fn multi_thread_root_under_another_multi_thread(call: Call) {
    let other = one_worker();
    multi_thread().block_on(async {
        let _guard = other.enter();
        call.run();
    });
}

pub(crate) fn multi_thread_root_under_a_current_thread(call: Call) {
    let other = current_thread();
    multi_thread().block_on(async {
        let _guard = other.enter();
        call.run();
    });
}

pub(crate) fn driver_under_a_multi_thread(call: Call) {
    let other = one_worker();
    current_thread().block_on(async {
        let _guard = other.enter();
        call.run();
    });
}

pub(crate) fn driver_under_another_current_thread(call: Call) {
    let other = current_thread();
    current_thread().block_on(async {
        let _guard = other.enter();
        call.run();
    });
}

pub(crate) fn worker_under_a_current_thread(call: Call) {
    let other = current_thread();
    let handle = other.handle().clone();
    let task = async move {
        let _guard = handle.enter();
        call.run();
    };
    one_worker().block_on(async { tokio::spawn(task).await.unwrap() });
}

pub(crate) fn worker_under_another_multi_thread(call: Call) {
    let other = one_worker();
    let handle = other.handle().clone();
    let task = async move {
        let _guard = handle.enter();
        call.run();
    };
    one_worker().block_on(async { tokio::spawn(task).await.unwrap() });
}

/// The thread is in the context of a runtime that is gone and would serve nobody, and whose kind is the one that
/// a twin does not use anyway.
pub(crate) fn current_thread_that_is_gone(call: Call) {
    let runtime = current_thread();
    let handle = runtime.handle().clone();
    drop(runtime);
    let _guard = handle.enter();
    call.run();
}
