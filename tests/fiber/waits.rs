//! Every kind of wait suspends the fiber, wherever the task is.

use crate::work::*;
use futures_util::future::join_all;
use std::cell::Cell;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind, panic_any};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::thread;
use std::time::Duration;
use sync_twin::{
    Context, Strategy, batch, block_on, block_on_timeout, block_on_with, fiber, iter, spawn,
    to_fiber,
};
use tokio::sync::Barrier;
use tokio::task::LocalSet;

/// Fibers that wait for each other: on one thread, all are suspended at the same time.
async fn meet(count: usize, wait: impl Fn(Arc<Barrier>) + Clone + 'static) {
    let barrier = Arc::new(Barrier::new(count));
    let fibers = (0..count).map(|_| {
        let (barrier, wait) = (Arc::clone(&barrier), wait.clone());
        fiber(move || wait(barrier))
    });
    join_all(fibers).await;
}

fn block_on_barrier(barrier: Arc<Barrier>) {
    block_on(async { barrier.wait().await });
}

#[test]
fn at_the_root_of_a_current_thread_runtime() {
    let _watch = watch(&test_name());
    current_thread().block_on(meet(100, block_on_barrier));
}

#[test]
fn at_the_root_of_a_multi_thread_runtime() {
    let _watch = watch(&test_name());
    multi_thread().block_on(meet(100, block_on_barrier));
}

#[test]
fn in_a_local_set() {
    let _watch = watch(&test_name());
    let set = LocalSet::new();
    set.block_on(&current_thread(), async {
        let barrier = Arc::new(Barrier::new(20));
        let tasks = (0..20).map(|_| {
            let barrier = Arc::clone(&barrier);
            tokio::task::spawn_local(fiber(move || block_on_barrier(barrier)))
        });
        for task in join_all(tasks).await {
            task.expect("it does not panic");
        }
    });
}

#[test]
fn in_a_local_runtime() {
    let _watch = watch(&test_name());
    let runtime = tokio::runtime::LocalRuntime::new().expect("a runtime");
    runtime.block_on(meet(10, block_on_barrier));
}

#[test]
fn in_home() {
    let _watch = watch(&test_name());
    block_on(meet(10, block_on_barrier));
}

/// What drives sockets and timers there is the crew.
#[test]
fn under_other_executors() {
    let _watch = watch(&test_name());
    let run = || async {
        meet(10, block_on_barrier).await;
        assert_eq!(fiber(nap_sync).await, 7);
        // Nothing is entered outside the fiber.
        assert_eq!(Context::current(), Context::Outside);
    };
    futures::executor::block_on(run());
    smol::block_on(run());
}

#[test]
fn an_executor_with_tasks() {
    let _watch = watch(&test_name());
    use futures::task::LocalSpawnExt;
    let mut pool = futures::executor::LocalPool::new();
    let naps = Rc::new(Cell::new(0));
    for _ in 0..10 {
        let naps = Rc::clone(&naps);
        let task = async move {
            let nap = fiber(nap_sync).await;
            naps.set(naps.get() + nap);
        };
        pool.spawner().spawn_local(task).expect("the pool is there");
    }
    pool.run();
    assert_eq!(naps.get(), 70);
}

#[test]
fn a_select_of_other_futures_goes_on() {
    let _watch = watch(&test_name());
    current_thread().block_on(async {
        let (sender, receiver) = tokio::sync::oneshot::channel();
        let waits = fiber(move || receive_sync(receiver));
        let sends = async { sender.send(5).expect("somebody waits") };
        let (received, ()) = tokio::join!(waits, sends);
        assert_eq!(received, 5);
    });
}

type Kind = (&'static str, fn(Arc<Barrier>));

/// Each kind of call waits for a barrier that only another fiber's call can open.
const EVERY_KIND: &[Kind] = &[
    ("block_on", block_on_barrier),
    ("block_on_with", |barrier| {
        block_on_with(|| async { barrier.wait().await });
    }),
    ("timeout", |barrier| {
        let minute = Duration::from_secs(60);
        block_on_timeout(minute, async { barrier.wait().await }).expect("it is in time");
    }),
    ("batch", |barrier| {
        let waits = [0, 1].map(|index| {
            let barrier = Arc::clone(&barrier);
            async move {
                if index == 0 {
                    barrier.wait().await;
                }
            }
        });
        batch(waits).run();
    }),
    ("as_completed", |barrier| {
        let waits = [async move { _ = barrier.wait().await }];
        assert_eq!(batch(waits).as_completed().count(), 1);
    }),
    ("iter", |barrier| {
        let once = futures_util::stream::once(async move { barrier.wait().await });
        assert_eq!(iter(once).count(), 1);
    }),
    ("join", |barrier| {
        spawn(async move { _ = barrier.wait().await }).join();
    }),
    ("isolated", |barrier| isolated_sync(barrier)),
];

#[sync_twin::sync_wrapper(isolation = "always")]
async fn isolated(barrier: Arc<Barrier>) {
    barrier.wait().await;
}

#[test]
fn every_kind_of_call() {
    let _watch = watch(&test_name());
    for (name, wait) in EVERY_KIND {
        eprintln!("{name}");
        current_thread().block_on(meet(3, wait));
        futures::executor::block_on(meet(3, wait));
    }
}

/// As `.await` would be, and so elsewhere than on all other places.
#[test]
fn lives_in_the_runtime_of_its_task() {
    let _watch = watch(&test_name());
    let runtime = current_thread();
    let id = runtime.handle().id();
    let here = thread::current().id();
    runtime.block_on(fiber(move || {
        assert_eq!(Context::current(), Context::Fiber);
        block_on(async {
            assert_eq!(tokio::runtime::Handle::current().id(), id);
            assert_eq!(thread::current().id(), here);
        });
    }));
}

#[test]
fn counted_as_calls_of_a_fiber() {
    let _watch = watch(&test_name());
    let calls = || sync_twin::metrics().calls(Context::Fiber, Strategy::Fiber);
    let before = calls();
    current_thread().block_on(fiber(nap_sync));
    assert!(calls() > before);
}

#[test]
fn a_panic_keeps_its_payload() {
    let _watch = watch(&test_name());
    let panicking = fiber(|| {
        nap_sync();
        panic_any(41_u64)
    });
    let caught = catch_unwind(AssertUnwindSafe(|| current_thread().block_on(panicking)));
    assert_eq!(caught.expect_err("it panics").downcast_ref(), Some(&41_u64));
    // The thread is as good as new.
    assert_eq!(current_thread().block_on(fiber(nap_sync)), 7);
}

#[test]
fn nothing_runs_before_it_is_awaited() {
    let _watch = watch(&test_name());
    let has_run = Rc::new(Cell::new(false));
    let to_set = Rc::clone(&has_run);
    let lazy = fiber(move || to_set.set(true));
    assert!(format!("{lazy:?}").contains("new"));
    drop(lazy);
    assert!(!has_run.get());
    assert_eq!(Rc::strong_count(&has_run), 1);
}

/// As a `Mutex` of std's, standard output is locked by its thread, which a fiber stays on.
#[test]
fn prints_with_the_lock_of_stdout_held() {
    let _watch = watch(&test_name());
    #[sync_twin::sync_wrapper]
    async fn print() {
        tokio::task::yield_now().await;
        println!("printed in a twin");
    }
    current_thread().block_on(fiber(|| {
        let locked = std::io::stdout().lock();
        print_sync();
        drop(locked);
    }));
}

#[test]
fn twins_elsewhere_go_on_beside_it() {
    let _watch = watch(&test_name());
    current_thread().block_on(async {
        let (sender, receiver) = tokio::sync::oneshot::channel();
        let waits = fiber(move || receive_sync(receiver));
        let others = async {
            // The fiber is suspended by now. This thread, and others, block.
            tokio::task::yield_now().await;
            assert_eq!(Context::current(), Context::Driver);
            assert_eq!(nap_sync(), 7);
            assert_eq!(
                thread::spawn(nap_sync).join().expect("it does not panic"),
                7
            );
            sender.send(3).expect("somebody waits");
        };
        assert_eq!(tokio::join!(waits, others).0, 3);
    });
}

#[test]
fn outputs_that_are_not_send() {
    let _watch = watch(&test_name());
    let output = current_thread().block_on(fiber(|| {
        nap_sync();
        Rc::new(5)
    }));
    assert_eq!(*output, 5);
}

fn is_future<F: Future>(_: &F) {}

#[test]
fn many_of_them_leave_nothing() {
    let _watch = watch(&test_name());
    let resident = || {
        let status = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
        let pages = status
            .split(' ')
            .nth(1)
            .and_then(|pages| pages.parse().ok());
        pages.unwrap_or(0_usize) * 4096
    };
    current_thread().block_on(async {
        let run = |count| async move {
            for _ in 0..count {
                let fiber = fiber(|| yields_sync(1));
                is_future(&fiber);
                fiber.await;
            }
        };
        run(10_000).await;
        let before = resident();
        run(50_000).await;
        let grown = resident().saturating_sub(before);
        assert!(grown < 16 << 20, "{grown} bytes more");
    });
}

/// Code that owns much is not moved to its stack as it is.
#[test]
fn code_of_any_size() {
    let _watch = watch(&test_name());
    #[repr(align(4096))]
    struct Aligned<T>(T);
    #[repr(align(512))]
    struct LessAligned<T>(T);
    fn owns<const SIZE: usize>() -> impl FnOnce() -> usize + Send + 'static {
        let own = [1_u8; SIZE];
        move || usize::from(nap_sync()) + own.iter().map(|&one| usize::from(one)).sum::<usize>()
    }
    let runtime = current_thread();
    let run = |code: Pin<Box<dyn Future<Output = usize>>>| runtime.block_on(code);
    macro_rules! all {
        ($($size:literal)*) => { $(
            assert_eq!(run(Box::pin(fiber(owns::<$size>()))), 7 + $size);
            assert_eq!(run(Box::pin(to_fiber(owns::<$size>()))), 7 + $size);
        )* };
    }
    all!(0 1 500 512 513 1000 1008 1024 4096 100_000);
    let is_aligned = |address: usize, to: usize| assert_eq!(address % to, 0);
    let (much, nothing, less) = (Aligned(3), Aligned(()), LessAligned(4));
    let code = fiber(move || {
        is_aligned(std::ptr::from_ref(&much).addr(), 4096);
        much.0 + nap_sync()
    });
    assert_eq!(runtime.block_on(code), 10);
    let code = fiber(move || {
        is_aligned(std::ptr::from_ref(&nothing).addr(), 4096);
        nap_sync();
        nothing
    });
    let () = runtime.block_on(code).0;
    let code = fiber(move || {
        is_aligned(std::ptr::from_ref(&less).addr(), 512);
        less.0 + nap_sync()
    });
    assert_eq!(runtime.block_on(code), 11);
    // Dropped before it has begun, and while it waits.
    let owned = Rc::new(());
    for polls in 0..2 {
        let (own, rest) = (Rc::clone(&owned), [0_u8; 2000]);
        let mut code = fiber(move || {
            let _own = own;
            std::hint::black_box(rest);
            never_sync();
        });
        let _entered = runtime.enter();
        for _ in 0..polls {
            assert!(poll_with(&mut code, std::task::Waker::noop()).is_pending());
        }
        drop(code);
        assert_eq!(Rc::strong_count(&owned), 1);
    }
}
