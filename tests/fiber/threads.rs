//! `to_fiber`: fibers on threads of sync-twin's own, for async code anywhere.

use crate::work::*;
use futures_util::future::join_all;
use std::collections::HashSet;
use std::panic::panic_any;
use std::rc::Rc;
use std::sync::atomic::Ordering::SeqCst;
use std::sync::atomic::{AtomicBool, AtomicUsize};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::Duration;
use sync_twin::{Context, block_on, carry, to_fiber};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Barrier, oneshot};
use tokio::time::timeout;

fn is_send<T: Send>(value: T) -> T {
    value
}

/// All wait at once, on a few threads.
#[test]
fn thousands_wait_at_once() {
    let _watch = watch(&test_name());
    const COUNT: usize = 2000;
    let threads = Arc::new(Mutex::new(HashSet::new()));
    let runtime = multi_thread();
    let barrier = Arc::new(Barrier::new(COUNT));
    let calls = (0..COUNT).map(|n| {
        let (barrier, threads) = (Arc::clone(&barrier), Arc::clone(&threads));
        runtime.spawn(is_send(to_fiber(move || {
            assert_eq!(Context::current(), Context::Fiber);
            threads.lock().unwrap().insert(thread::current().id());
            block_on(async { barrier.wait().await });
            n
        })))
    });
    let calls: Vec<_> = calls.collect();
    let outputs = runtime.block_on(join_all(calls));
    let outputs: Vec<_> = outputs.into_iter().map(|n| n.expect("no panic")).collect();
    assert_eq!(outputs, (0..COUNT).collect::<Vec<_>>());
    let threads = threads.lock().unwrap().len();
    let cores = thread::available_parallelism().map_or(1, |cores| cores.get());
    assert!((1..=cores.max(2)).contains(&threads), "{threads} threads");
}

#[test]
fn under_any_executor() {
    let _watch = watch(&test_name());
    assert_eq!(futures::executor::block_on(to_fiber(nap_sync)), 7);
    assert_eq!(current_thread().block_on(to_fiber(nap_sync)), 7);
    assert_eq!(block_on(to_fiber(nap_sync)), 7);
}

/// It holds up the other fibers of its thread, and no more than that.
#[test]
fn code_that_blocks_on_a_runtime_of_its_own() {
    let _watch = watch(&test_name());
    for own in [current_thread, multi_thread] {
        let code = to_fiber(move || {
            let own = own();
            let nap = own.block_on(async {
                // Not suspended: tokio would be left in the middle.
                assert_ne!(Context::current(), Context::Fiber);
                nap().await + nap_sync()
            });
            assert_eq!(Context::current(), Context::Fiber);
            own.shutdown_background();
            nap + nap_sync()
        });
        assert_eq!(block_on(code), 21);
    }
}

#[test]
fn its_threads_have_names() {
    let _watch = watch(&test_name());
    let name = block_on(to_fiber(|| thread::current().name().map(str::to_owned)));
    assert_eq!(name.as_deref(), Some("sync-twin-fiber"));
}

#[test]
fn a_panic_keeps_its_payload() {
    let _watch = watch(&test_name());
    let caught = multi_thread().block_on(async {
        tokio::spawn(to_fiber(|| {
            nap_sync();
            panic_any(41_u64)
        }))
        .await
    });
    let panic = caught.expect_err("it panics").into_panic();
    assert_eq!(panic.downcast_ref(), Some(&41_u64));
}

#[test]
fn dropped_it_unwinds() {
    let _watch = watch(&test_name());
    struct Tells(mpsc::Sender<u8>);
    impl Drop for Tells {
        fn drop(&mut self) {
            let nap = nap_sync();
            self.0.send(nap).expect("somebody listens");
        }
    }
    let (sender, told) = mpsc::channel();
    multi_thread().block_on(async {
        let code = to_fiber(move || {
            let _tells = Tells(sender);
            never_sync();
        });
        assert!(timeout(Duration::from_millis(20), code).await.is_err());
    });
    assert_eq!(told.recv(), Ok(7));
}

#[test]
fn dropped_before_it_has_begun() {
    let _watch = watch(&test_name());
    let guard = Arc::new(());
    let held = Arc::clone(&guard);
    drop(to_fiber(move || drop(held)));
    assert_eq!(Arc::strong_count(&guard), 1);
    // One that has been handed over, and whose turn has not come.
    for _ in 0..100 {
        let held = Arc::clone(&guard);
        let mut code = Box::pin(to_fiber(move || {
            drop(held);
            never_sync();
        }));
        assert!(poll_with(&mut code, std::task::Waker::noop()).is_pending());
        drop(code);
    }
    let (sender, told) = mpsc::channel();
    let wait = thread::spawn(move || {
        while Arc::strong_count(&guard) > 1 {
            thread::sleep(Duration::from_millis(1));
        }
        sender.send(()).expect("somebody listens");
    });
    told.recv().expect("all are dropped");
    wait.join().expect("it does not panic");
}

#[test]
fn what_is_carried_holds_in_its_code_alone() {
    let _watch = watch(&test_name());
    tokio::task_local!(static REQUEST: usize);
    carry(&REQUEST);
    let calls = (0..20).map(|id| {
        REQUEST.scope(
            id,
            to_fiber(move || {
                for _ in 0..3 {
                    assert_eq!(REQUEST.get(), id);
                    nap_sync();
                    assert_eq!(REQUEST.get(), id);
                }
            }),
        )
    });
    multi_thread().block_on(join_all(calls));
    let elsewhere = block_on(to_fiber(|| REQUEST.try_with(|id| *id).is_err()));
    assert!(elsewhere);
}

#[test]
fn what_is_carried_may_panic_when_it_ends() {
    let _watch = watch(&test_name());
    #[derive(Clone)]
    struct Panics;
    impl Drop for Panics {
        fn drop(&mut self) {
            if thread::current().name() == Some("sync-twin-fiber") {
                panic_any("of what is carried");
            }
        }
    }
    tokio::task_local!(static CARRIED: Panics);
    carry(&CARRIED);
    let call = CARRIED.scope(Panics, to_fiber(nap_sync));
    assert_eq!(multi_thread().block_on(call), 7);
}

/// What does not leave its thread need not be `Send`.
#[test]
fn values_that_stay_there() {
    let _watch = watch(&test_name());
    let output = block_on(to_fiber(|| {
        let value = Rc::new(5);
        nap_sync();
        *value
    }));
    assert_eq!(output, 5);
}

#[test]
fn fibers_and_threads_in_it() {
    let _watch = watch(&test_name());
    let output = block_on(to_fiber(|| {
        let inner = block_on(async {
            let (here, there, thread) = tokio::join!(
                sync_twin::fiber(nap_sync),
                to_fiber(nap_sync),
                sync_twin::to_thread(nap_sync)
            );
            here + there + thread
        });
        inner + nap_sync()
    }));
    assert_eq!(output, 28);
}

/// Its thread waits for nobody: what must not be driven by a thread that drives something is driven elsewhere.
#[test]
fn spawns_tasks_on_its_thread() {
    let _watch = watch(&test_name());
    static RUN: AtomicUsize = AtomicUsize::new(0);
    block_on(to_fiber(|| {
        let task = tokio::spawn(async { RUN.fetch_add(1, SeqCst) });
        block_on(task).expect("it does not panic");
    }));
    assert_eq!(RUN.load(SeqCst), 1);
}

/// A connection that is closed properly when the code is unwound: a call that blocks the thread of the fiber, and waits for a
/// socket that the fiber has opened.
#[test]
fn says_goodbye_when_it_is_dropped() {
    let _watch = watch(&test_name());
    struct Connection(TcpStream);
    impl Drop for Connection {
        fn drop(&mut self) {
            let answer = block_on(async {
                self.0.write_u8(1).await?;
                self.0.read_u8().await
            });
            assert_eq!(answer.expect("it is open"), 2);
        }
    }
    let runtime = multi_thread();
    runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let (sender, opened) = tokio::sync::oneshot::channel();
        let code = tokio::spawn(to_fiber(move || {
            let stream = block_on(TcpStream::connect(address)).expect("it listens");
            let _connection = Connection(stream);
            sender.send(()).expect("somebody waits");
            never_sync();
        }));
        let (mut server, _) = listener.accept().await.expect("it connects");
        opened.await.expect("it is open");
        code.abort();
        assert_eq!(server.read_u8().await.expect("it speaks"), 1);
        // Longer than it takes when nobody waits.
        tokio::time::sleep(Duration::from_millis(20)).await;
        server.write_u8(2).await.expect("it listens");
        assert_eq!(server.read(&mut [0]).await.expect("it is closed"), 0);
    });
}

/// Dropped while it runs on an isolation thread: that borrows from the fiber's stack, which must not be left before.
#[test]
fn dropped_while_another_thread_borrows_from_it() {
    let _watch = watch(&test_name());
    #[sync_twin::sync_wrapper(isolation = "always")]
    async fn fill(text: &mut String, begun: mpsc::Sender<()>, go_on: mpsc::Receiver<()>) {
        begun.send(()).expect("somebody listens");
        go_on.recv().expect("it is told");
        text.push_str(" and filled");
    }
    struct Tells(mpsc::Sender<String>, String);
    impl Drop for Tells {
        fn drop(&mut self) {
            let text = std::mem::take(&mut self.1);
            self.0.send(text).expect("somebody listens");
        }
    }
    let ((begin, begun), (go_on, told_to)) = (mpsc::channel(), mpsc::channel());
    let (sender, told) = mpsc::channel();
    let mut code = Box::pin(to_fiber(move || {
        let mut tells = Tells(sender, String::from("lent"));
        fill_sync(&mut tells.1, begin, told_to);
    }));
    assert!(poll_with(&mut code, std::task::Waker::noop()).is_pending());
    begun.recv().expect("it begins");
    drop(code);
    thread::sleep(Duration::from_millis(10));
    go_on.send(()).expect("it waits");
    assert_eq!(told.recv().as_deref(), Ok("lent and filled"));
}

/// Dropped while they wait for a thread, run, are suspended, unwind, or have ended.
#[test]
fn thousands_are_dropped_at_any_moment() {
    struct Counted(Arc<AtomicUsize>);
    impl Drop for Counted {
        fn drop(&mut self) {
            self.0.fetch_add(1, SeqCst);
        }
    }
    struct Waits {
        _counted: Counted,
    }
    impl Drop for Waits {
        fn drop(&mut self) {
            // It is suspended here if nothing unwinds, and may be unwound from here.
            yields_sync(1);
        }
    }
    let _watch = watch(&test_name());
    let gone = Arc::new(AtomicUsize::new(0));
    let count = 4000;
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let tasks = (0..count).map(|n| {
            let gone = Waits {
                _counted: Counted(Arc::clone(&gone)),
            };
            let code = to_fiber(move || {
                let _gone = gone;
                yields_sync(n % 7);
                nap_sync();
                n
            });
            let task = tokio::spawn(code);
            let end = task.abort_handle();
            // Not in the order in which they began.
            let after = Duration::from_micros((n * 7919 % 20_000) as u64);
            drop(tokio::spawn(async move {
                tokio::time::sleep(after).await;
                if n % 3 != 0 {
                    end.abort();
                }
            }));
            (n, task)
        });
        for (n, task) in tasks.collect::<Vec<_>>() {
            match task.await {
                Ok(output) => assert_eq!(output, n),
                Err(error) => assert!(n % 3 != 0 && error.is_cancelled(), "{n}: {error}"),
            }
        }
    });
    // What has been dropped unwinds soon after, and what has never begun is dropped.
    while gone.load(SeqCst) < count {
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// To drop a waker is code of the user's, which may wait for the fiber.
#[test]
fn a_waker_whose_end_waits_for_the_fiber() {
    let _watch = watch(&test_name());
    let (sender, receiver) = oneshot::channel();
    let mut code = Box::pin(to_fiber(move || receive_sync(receiver)));
    let (woken, other) = Counting::new();
    let sender = Mutex::new(Some(sender));
    let ends = move || {
        if let Some(sender) = sender.lock().expect("not poisoned").take() {
            sender.send(7).expect("the fiber waits");
            while woken.wakes() == 0 {
                thread::sleep(Duration::from_millis(1));
            }
        }
    };
    let is_armed = Arc::new(AtomicBool::new(false));
    let armed = Arc::clone(&is_armed);
    let hooked = Hooked {
        on_drop: Box::new(move || {
            if armed.load(SeqCst) {
                ends();
            }
        }),
        ..Hooked::default()
    };
    let waker = hooked.waker();
    assert!(poll_with(&mut code, &waker).is_pending());
    is_armed.store(true, SeqCst);
    // With this, the future drops its clone of the first one.
    assert!(poll_with(&mut code, &other).is_pending());
    assert_eq!(block_on(code), 7);
}
