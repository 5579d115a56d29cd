//! In code that a task awaits and serves.

use futures::executor;
use std::thread;
use sync_twin::{OneThread, block_on, caller, to_thread};
use sync_twin_tests::harness::call::Call;
use sync_twin_tests::harness::runtimes::{current_thread, workers};

pub(crate) fn by_a_driver(call: Call) {
    current_thread().block_on(to_thread(move || call.run()).serve());
}

pub(crate) fn by_a_driver_locally(call: Call) {
    current_thread().block_on(to_thread(move || call.run()).serve_local());
}

pub(crate) fn by_a_worker(call: Call) {
    let runtime = workers(1);
    let task = runtime.spawn(to_thread(move || call.run()).serve());
    runtime.block_on(task).unwrap();
}

pub(crate) fn by_another_executor(call: Call) {
    executor::block_on(to_thread(move || call.run()).serve_local());
}

pub(crate) fn by_a_twin(call: Call) {
    block_on(to_thread(move || call.run()).serve());
}

pub(crate) fn by_a_task_of_spawn(call: Call) {
    sync_twin::spawn(to_thread(move || call.run()).serve()).join();
}

pub(crate) fn on_a_thread_that_the_code_starts(call: Call) {
    let code = move || {
        let caller = caller();
        thread::scope(|scope| {
            scope.spawn(|| caller.scope(|| call.run()));
        });
    };
    current_thread().block_on(to_thread(code).serve());
}

pub(crate) fn on_one_thread(call: Call) {
    let one = OneThread::new("one");
    current_thread().block_on(to_thread(move || call.run()).on(&one).serve());
}

/// The code drives a runtime of its own, and calls in a task there.
pub(crate) fn in_a_runtime_of_the_code(call: Call) {
    let code = move || {
        let task = async { tokio::spawn(async move { call.run() }).await };
        current_thread().block_on(task).unwrap();
    };
    current_thread().block_on(to_thread(code).serve_local());
}

pub(crate) fn in_a_drop_during_unwinding(call: Call) {
    use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
    struct OnDrop(Call);
    impl Drop for OnDrop {
        fn drop(&mut self) {
            self.0.run();
        }
    }
    let code = move || {
        let unwinding = catch_unwind(AssertUnwindSafe(|| {
            let _on_drop = OnDrop(call);
            resume_unwind(Box::new(()));
        }));
        assert!(unwinding.is_err());
    };
    current_thread().block_on(to_thread(code).serve());
}
