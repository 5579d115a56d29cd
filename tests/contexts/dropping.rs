//! `Drop`, which cannot be async, and therefore is where people need a blocking call most.

use std::future::{Future, pending};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use sync_twin::block_on;
use sync_twin_tests::harness::call::{Call, CallOnDrop};
use sync_twin_tests::harness::runtimes::{current_thread, local, multi_thread, one_worker};
use tokio::sync::oneshot;
use tokio::task::{LocalSet, spawn_local, yield_now};

pub(crate) fn value(call: Call) {
    drop(CallOnDrop(call));
}

/// Waits for ever with a local that calls when dropped, and says when it has come so far.
fn never_ending(call: Call) -> (impl Future<Output = ()> + Send, oneshot::Receiver<()>) {
    let (sender, started) = oneshot::channel();
    let task = async move {
        let _local = CallOnDrop(call);
        sender.send(()).unwrap();
        pending().await
    };
    (task, started)
}

async fn abort(call: Call) {
    let (task, started) = never_ending(call);
    let task = tokio::spawn(task);
    started.await.unwrap();
    task.abort();
    task.await.unwrap_err();
}

pub(crate) fn local_of_a_task_aborted_on_a_worker(call: Call) {
    one_worker().block_on(abort(call));
}

pub(crate) fn local_of_a_task_aborted_on_a_driver(call: Call) {
    current_thread().block_on(abort(call));
}

async fn abort_local(call: Call) {
    let (task, started) = never_ending(call);
    let task = spawn_local(task);
    started.await.unwrap();
    task.abort();
    task.await.unwrap_err();
}

pub(crate) fn local_of_a_local_task_aborted_at_a_multi_thread_root(call: Call) {
    one_worker().block_on(LocalSet::new().run_until(abort_local(call)));
}

pub(crate) fn local_of_a_local_task_aborted_on_a_driver(call: Call) {
    local().block_on(abort_local(call));
}

/// The set is dropped with its task, and that inside a task.
pub(crate) fn local_set_at_a_multi_thread_root(call: Call) {
    one_worker().block_on(async {
        let set = LocalSet::new();
        let (task, started) = never_ending(call);
        set.spawn_local(task);
        set.run_until(async { started.await.unwrap() }).await;
    });
}

pub(crate) fn local_set_on_a_driver(call: Call) {
    current_thread().block_on(async {
        let set = LocalSet::new();
        let (task, started) = never_ending(call);
        set.spawn_local(task);
        set.run_until(async { started.await.unwrap() }).await;
    });
}

pub(crate) fn local_set_on_a_plain_thread(call: Call) {
    let runtime = one_worker();
    let set = LocalSet::new();
    let (task, started) = never_ending(call);
    set.spawn_local(task);
    set.block_on(&runtime, async { started.await.unwrap() });
    drop(runtime);
    drop(set);
}

fn unwind(call: Call) {
    let _local = CallOnDrop(call);
    // A panic without the message that the hook would print.
    resume_unwind(Box::new("unwinding on purpose"));
}

pub(crate) fn unwinding_on_a_plain_thread(call: Call) {
    catch_unwind(AssertUnwindSafe(|| unwind(call))).unwrap_err();
}

pub(crate) fn unwinding_at_a_multi_thread_root(call: Call) {
    catch_unwind(AssertUnwindSafe(|| {
        multi_thread().block_on(async { unwind(call) });
    }))
    .unwrap_err();
}

pub(crate) fn unwinding_on_a_worker(call: Call) {
    let task = async move { unwind(call) };
    one_worker().block_on(async { tokio::spawn(task).await.unwrap_err() });
}

pub(crate) fn unwinding_on_a_driver(call: Call) {
    let task = async move { unwind(call) };
    current_thread().block_on(async { tokio::spawn(task).await.unwrap_err() });
}

pub(crate) fn unwinding_in_a_twin(call: Call) {
    catch_unwind(AssertUnwindSafe(|| {
        block_on(async {
            yield_now().await;
            unwind(call);
        });
    }))
    .unwrap_err();
}

/// The twin's own future has this local, which is dropped when the twin ends.
pub(crate) fn local_of_a_twin(call: Call) {
    block_on(async {
        let _local = CallOnDrop(call);
        yield_now().await;
    });
}

struct Signal(Option<oneshot::Sender<()>>);

impl Drop for Signal {
    fn drop(&mut self) {
        let _ = self.0.take().unwrap().send(());
    }
}

/// The output of a task that nobody joins is dropped by whoever runs the task.
pub(crate) fn output_of_a_detached_task(call: Call) {
    one_worker().block_on(async {
        let (sender, done) = oneshot::channel();
        // Dropped from left to right.
        let output = (CallOnDrop(call), Signal(Some(sender)));
        let (detached, is_detached) = oneshot::channel();
        drop(tokio::spawn(async move {
            is_detached.await.unwrap();
            output
        }));
        detached.send(()).unwrap();
        done.await.unwrap();
    });
}

/// The runtime is no more when its tasks are dropped.
pub(crate) fn task_at_current_thread_shutdown(call: Call) {
    let runtime = current_thread();
    let (task, started) = never_ending(call);
    runtime.spawn(task);
    runtime.block_on(async { started.await.unwrap() });
    drop(runtime);
}

pub(crate) fn task_at_local_runtime_shutdown(call: Call) {
    let runtime = local();
    let (task, started) = never_ending(call);
    runtime.spawn_local(task);
    runtime.block_on(async { started.await.unwrap() });
    drop(runtime);
}

/// The workers drop the tasks that are left when they have stopped driving. The one worker has come to rest before:
/// a task cancelled while it is being polled is dropped as if nothing were wrong with its runtime.
pub(crate) fn task_at_multi_thread_shutdown(call: Call) {
    let runtime = one_worker();
    let (task, started) = never_ending(call);
    runtime.spawn(task);
    runtime.block_on(async {
        started.await.unwrap();
        tokio::spawn(yield_now()).await.unwrap();
    });
    drop(runtime);
}
