//! In and beside a current-thread runtime.

use crate::runtimes::current_thread;
use std::future::pending;
use std::sync::Arc;
use std::thread;
use sync_twin_tests::harness::call::Call;
use tokio::sync::oneshot;
use tokio::task::{JoinSet, spawn_blocking, yield_now};
use tokio::time::{Duration, sleep};

pub(crate) fn root(call: Call) {
    current_thread().block_on(async { call.run() });
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
    current_thread().block_on(async { tokio::spawn(async move { call.run() }).await.unwrap() });
}

pub(crate) fn arm_of_a_join_at_the_root(call: Call) {
    current_thread().block_on(async {
        tokio::join!(sleep(Duration::from_millis(1)), async {
            call.run();
            yield_now().await;
        });
    });
}

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
    current_thread().block_on(async { tokio::spawn(task).await.unwrap() });
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
    let task = async move {
        thread::scope(|scope| {
            scope.spawn(|| call.run());
        });
    };
    current_thread().block_on(async { tokio::spawn(task).await.unwrap() });
}

pub(crate) fn blocking_thread(call: Call) {
    current_thread().block_on(async { spawn_blocking(move || call.run()).await.unwrap() });
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
    let runtime = current_thread();
    runtime.handle().block_on(async { call.run() });
}

/// The first `block_on` drives, and goes on driving until the second has ended.
pub(crate) fn second_block_on(call: Call) {
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
    runtime.block_on(async { call.run() });
    stop.send(()).unwrap();
    first.join().unwrap();
}

/// As before, but the second has waited in its `block_on` first, as any root does.
pub(crate) fn second_block_on_that_has_waited(call: Call) {
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
    runtime.block_on(async {
        sleep(Duration::from_millis(1)).await;
        tokio::join!(sleep(Duration::from_millis(1)), async { call.run() });
    });
    stop.send(()).unwrap();
    first.join().unwrap();
}
