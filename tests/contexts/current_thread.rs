//! In and beside a current-thread runtime.

use crate::scenarios;
use std::sync::Arc;
use std::thread;
use sync_twin_tests::harness::call::Call;
use sync_twin_tests::harness::runtimes::current_thread;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;
use tokio::task::{JoinSet, spawn_blocking, yield_now};
use tokio::time::{Duration, sleep};

pub(crate) fn root(call: Call) {
    scenarios::root(&current_thread(), call);
}

/// `#[tokio::test]` expands to the same.
pub(crate) fn tokio_main(call: Call) {
    #[tokio::main(flavor = "current_thread")]
    async fn start(call: Call) {
        call.run();
    }
    start(call);
}

pub(crate) fn task(call: Call) {
    scenarios::task(&current_thread(), call);
}

pub(crate) fn arm_of_a_join_at_the_root(call: Call) {
    scenarios::arm_of_a_join_at_the_root(&current_thread(), call);
}

pub(crate) fn arm_of_a_select_in_a_task(call: Call) {
    scenarios::arm_of_a_select_in_a_task(&current_thread(), call);
}

pub(crate) fn several_tasks(call: Call) {
    current_thread().block_on(async {
        let mut tasks = JoinSet::new();
        for _ in 0..3 {
            let call = call.clone();
            tasks.spawn(async move {
                yield_now().await;
                call.run();
            });
        }
        tasks.join_all().await;
    });
}

pub(crate) fn scoped_thread_in_a_task(call: Call) {
    scenarios::scoped_thread_in_a_task(&current_thread(), call);
}

pub(crate) fn blocking_thread(call: Call) {
    scenarios::blocking_thread(&current_thread(), call);
}

/// Whoever drives it waits for the blocking thread, and drives nothing meanwhile.
pub(crate) fn blocking_thread_that_the_driver_waits_for(call: Call) {
    current_thread().block_on(async {
        let (sender, receiver) = std::sync::mpsc::channel();
        spawn_blocking(move || {
            call.run();
            sender.send(()).unwrap();
        });
        receiver.recv().unwrap();
    });
}

/// Nobody drives this one: `Handle::block_on` never does.
pub(crate) fn handle_block_on(call: Call) {
    scenarios::handle_block_on(&current_thread(), call);
}

pub(crate) fn second_block_on(call: Call) {
    beside_another_block_on(|runtime| runtime.block_on(async { call.run() }));
}

/// As before, but the second has waited in its `block_on` first, as any root does.
pub(crate) fn second_block_on_that_has_waited(call: Call) {
    beside_another_block_on(|runtime| {
        runtime.block_on(async {
            sleep(Duration::from_millis(1)).await;
            tokio::join!(sleep(Duration::from_millis(1)), async { call.run() });
        });
    });
}

/// The first `block_on` drives, and goes on driving until the second has ended.
fn beside_another_block_on(second: impl FnOnce(&Runtime)) {
    let runtime = Arc::new(current_thread());
    let (stop, stopped) = oneshot::channel::<()>();
    let (started, start) = std::sync::mpsc::channel();
    let first = thread::spawn({
        let runtime = Arc::clone(&runtime);
        move || {
            runtime.block_on(async move {
                started.send(()).unwrap();
                stopped.await.unwrap();
            });
        }
    });
    start.recv().unwrap();
    second(&runtime);
    stop.send(()).unwrap();
    first.join().unwrap();
}
