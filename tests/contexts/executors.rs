//! Executors that are not tokio's. They too block or poll on a thread that a twin then blocks.

use futures::executor::{LocalPool, ThreadPool};
use futures::task::{LocalSpawnExt, SpawnExt};
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Wake, Waker};
use std::thread::{self, Thread};
use sync_twin_tests::harness::call::Call;
use sync_twin_tests::harness::runtimes::one_worker;
use tokio::task::yield_now;

pub(crate) fn futures_block_on(call: Call) {
    futures::executor::block_on(async { call.run() });
}

pub(crate) fn futures_local_pool(call: Call) {
    let mut pool = LocalPool::new();
    let task = pool
        .spawner()
        .spawn_local_with_handle(async move { call.run() })
        .unwrap();
    pool.run_until(task);
}

pub(crate) fn futures_thread_pool(call: Call) {
    let pool = ThreadPool::builder().pool_size(1).create().unwrap();
    let task = pool
        .spawn_with_handle(async move {
            call.run();
            yield_now().await;
        })
        .unwrap();
    futures::executor::block_on(task);
}

pub(crate) fn futures_block_on_in_a_task(call: Call) {
    let task = async move { futures::executor::block_on(async { call.run() }) };
    one_worker().block_on(async { tokio::spawn(task).await.unwrap() });
}

pub(crate) fn multi_thread_root_in_futures_block_on(call: Call) {
    futures::executor::block_on(async {
        one_worker().block_on(async { call.run() });
    });
}

pub(crate) fn smol_block_on(call: Call) {
    smol::block_on(async { call.run() });
}

/// On smol's own thread, of which there is one.
pub(crate) fn smol_task(call: Call) {
    smol::block_on(smol::spawn(async move { call.run() }));
}

pub(crate) fn smol_executor_on_several_threads(call: Call) {
    let executor = smol::Executor::new();
    let (stop, stopped) = smol::channel::bounded::<()>(1);
    thread::scope(|scope| {
        for _ in 0..2 {
            let stopped = stopped.clone();
            let executor = &executor;
            scope.spawn(move || smol::block_on(executor.run(stopped.recv())));
        }
        let tasks: Vec<_> = (0..3)
            .map(|_| {
                let call = call.clone();
                executor.spawn(async move { call.run() })
            })
            .collect();
        smol::block_on(async {
            for task in tasks {
                task.await;
            }
        });
        drop(stop);
    });
}

pub(crate) fn smol_blocking_thread(call: Call) {
    smol::block_on(smol::unblock(move || call.run()));
}

/// The smallest executor there is, on the thread's park token, which a twin must leave as it found it.
pub(crate) fn written_by_hand(call: Call) {
    struct Unpark(Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut future = pin!(async {
        let (sender, receiver) = futures::channel::oneshot::channel();
        thread::spawn(move || sender.send(()).unwrap());
        call.run();
        receiver.await.unwrap();
    });
    while future
        .as_mut()
        .poll(&mut Context::from_waker(&waker))
        .is_pending()
    {
        thread::park();
    }
}
