//! On the stack of a fiber, where a call suspends, and where it does not.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use sync_twin::{block_on, fiber, to_fiber, without_fiber};
use sync_twin_tests::harness::call::{Call, CallOnDrop};
use sync_twin_tests::harness::runtimes::{current_thread, multi_thread, one_worker};
use tokio::task::{LocalSet, spawn_local, yield_now};

pub(crate) fn at_a_current_thread_root(call: Call) {
    current_thread().block_on(fiber(move || call.run()));
}

pub(crate) fn at_a_multi_thread_root(call: Call) {
    one_worker().block_on(fiber(move || call.run()));
}

pub(crate) fn in_a_local_task(call: Call) {
    LocalSet::new().block_on(&current_thread(), async {
        let task = spawn_local(fiber(move || call.run()));
        task.await.unwrap();
    });
}

pub(crate) fn in_a_local_task_at_a_multi_thread_root(call: Call) {
    LocalSet::new().block_on(&multi_thread(), async {
        let task = spawn_local(fiber(move || call.run()));
        task.await.unwrap();
    });
}

pub(crate) fn under_another_executor(call: Call) {
    futures::executor::block_on(fiber(move || call.run()));
}

pub(crate) fn beside_others(call: Call) {
    current_thread().block_on(async {
        let run = |call: Call| fiber(move || call.run());
        tokio::join!(run(call.clone()), run(call.clone()), yield_now(), run(call));
    });
}

pub(crate) fn on_a_fiber_thread(call: Call) {
    one_worker().block_on(async {
        tokio::spawn(to_fiber(move || call.run())).await.unwrap();
    });
}

pub(crate) fn in_a_twin(call: Call) {
    block_on(fiber(move || call.run()));
}

pub(crate) fn in_a_fiber_of_a_twin_of_a_fiber(call: Call) {
    current_thread().block_on(fiber(move || {
        block_on(async {
            yield_now().await;
            fiber(move || call.run()).await;
            yield_now().await;
        });
    }));
}

pub(crate) fn in_a_twin_of_a_fiber(call: Call) {
    current_thread().block_on(fiber(move || {
        block_on(async {
            yield_now().await;
            call.run();
            yield_now().await;
        });
    }));
}

pub(crate) fn in_a_drop(call: Call) {
    current_thread().block_on(fiber(|| drop(CallOnDrop(call))));
}

pub(crate) fn where_it_must_not_suspend(call: Call) {
    current_thread().block_on(fiber(move || without_fiber(|| call.run())));
}

pub(crate) fn unwinding(call: Call) {
    current_thread().block_on(fiber(move || {
        let _ = catch_unwind(AssertUnwindSafe(|| {
            let _call = CallOnDrop(call);
            resume_unwind(Box::new(()));
        }));
    }));
}

pub(crate) fn dropped_at_a_multi_thread_root(call: Call) {
    multi_thread().block_on(async {
        let dropped = fiber(move || {
            let _call = CallOnDrop(call);
            block_on(std::future::pending::<()>());
        });
        tokio::select! {
            biased;
            () = dropped => unreachable!(),
            () = yield_now() => {}
        }
    });
}

pub(crate) fn under_the_guard_of_a_multi_thread(call: Call) {
    let other = multi_thread();
    let handle = other.handle().clone();
    LocalSet::new().block_on(&multi_thread(), async {
        let code = fiber(move || {
            let _entered = handle.enter();
            call.run();
        });
        spawn_local(code).await.unwrap();
    });
}

pub(crate) fn in_a_task_that_a_fiber_has_spawned(call: Call) {
    one_worker().block_on(fiber(move || {
        let task = tokio::spawn(async move { call.run() });
        block_on(task).unwrap();
    }));
}
