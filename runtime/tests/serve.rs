//! Tasks that serve the blocking code that they await.

mod deadline;

use deadline::{test_name, watch};
use std::any::Any;
use std::cell::Cell;
use std::future::{Future, pending, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind, panic_any, resume_unwind};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex, mpsc};
use std::task::{Context as Cx, Poll, Wake, Waker};
use std::thread::{self, ThreadId};
use std::time::Duration;
use sync_twin::{
    Caller, Context, OneThread, Strategy, block_on, blocked_calls, caller, metrics, sync_wrapper,
    to_thread, without_cancel,
};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;
use tokio::task::yield_now;
use tokio::time::sleep;

fn current_thread() -> Runtime {
    Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("it starts")
}

fn multi_thread() -> Runtime {
    Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("it starts")
}

tokio::task_local! { static NAME: &'static str; }

/// Where a future is polled.
#[sync_wrapper]
async fn whereabouts() -> (ThreadId, &'static str) {
    yield_now().await;
    let name = NAME.try_with(|name| *name).unwrap_or("none");
    (thread::current().id(), name)
}

/// A future that is not `Send`.
#[sync_wrapper]
async fn local_thread() -> ThreadId {
    let stays = Rc::new(());
    yield_now().await;
    drop(stays);
    thread::current().id()
}

/// Notes its drop, and where that is.
#[derive(Default)]
struct Dropped(Arc<Mutex<Option<ThreadId>>>);

struct NotesDrop(Arc<Mutex<Option<ThreadId>>>);

impl Dropped {
    fn guard(&self) -> NotesDrop {
        NotesDrop(Arc::clone(&self.0))
    }

    fn at(&self) -> Option<ThreadId> {
        *self.0.lock().unwrap()
    }
}

impl Drop for NotesDrop {
    fn drop(&mut self) {
        *self.0.lock().unwrap() = Some(thread::current().id());
    }
}

#[sync_wrapper]
async fn hold(guard: NotesDrop, begun: oneshot::Sender<()>) {
    let _guard = guard;
    let _ = begun.send(());
    pending().await
}

/// The same with a future that is not `Send`.
#[sync_wrapper]
async fn hold_local(guard: NotesDrop, begun: oneshot::Sender<()>) {
    let _stays = (Rc::new(()), guard);
    let _ = begun.send(());
    pending().await
}

#[test]
fn calls_live_in_the_task() {
    let _watch = watch(&test_name());
    let here = thread::current().id();
    let code = move || {
        assert_ne!(thread::current().id(), here);
        assert_eq!(Context::current(), Context::Served);
        whereabouts_sync()
    };
    let served = NAME.scope("task", to_thread(code).serve());
    assert_eq!(current_thread().block_on(served), (here, "task"));
    let served = NAME.scope("task", to_thread(code).serve_local());
    assert_eq!(current_thread().block_on(served), (here, "task"));
    // Nobody serves.
    let alone = NAME.scope("task", to_thread(move || whereabouts_sync()));
    let (thread, name) = current_thread().block_on(alone);
    assert!(thread != here && name == "none");
}

#[test]
fn what_is_not_send_is_served_by_serve_local_alone() {
    let _watch = watch(&test_name());
    let here = thread::current().id();
    let served = to_thread(local_thread_sync).serve_local();
    assert_eq!(current_thread().block_on(served), here);
    let served = to_thread(local_thread_sync).serve();
    assert_ne!(current_thread().block_on(served), here);
}

/// What tokio asks of a task.
#[test]
fn a_task_that_serves_may_be_spawned() {
    let _watch = watch(&test_name());
    let runtime = multi_thread();
    let task = runtime.spawn(NAME.scope("task", to_thread(whereabouts_sync).serve()));
    assert_eq!(runtime.block_on(task).expect("no panic").1, "task");
}

#[test]
fn what_the_user_chooses_goes_before() {
    let _watch = watch(&test_name());
    #[sync_wrapper(isolation = "never")]
    async fn in_place() -> ThreadId {
        yield_now().await;
        thread::current().id()
    }
    #[sync_wrapper(flavor = "multi_thread")]
    async fn in_the_crew() -> ThreadId {
        yield_now().await;
        thread::current().id()
    }
    #[sync_wrapper(isolation = "always")]
    async fn elsewhere() -> ThreadId {
        yield_now().await;
        thread::current().id()
    }
    #[sync_wrapper(timeout = Duration::from_secs(60))]
    async fn limited() -> ThreadId {
        yield_now().await;
        thread::current().id()
    }
    let cancel = sync_twin::Cancel::new();
    #[sync_wrapper(cancel = cancel)]
    async fn cancellable(cancel: &sync_twin::Cancel) -> ThreadId {
        assert!(!cancel.is_cancelled());
        yield_now().await;
        thread::current().id()
    }
    let here = thread::current().id();
    let code = move || {
        let code = thread::current().id();
        assert_eq!(in_place_sync(), code);
        assert_eq!(in_the_crew_sync(), code);
        assert_eq!(block_on(async { thread::current().id() }), code);
        assert_eq!(elsewhere_sync(), here);
        assert_eq!(limited_sync(), Ok(here));
        assert_eq!(cancellable_sync(&cancel), Ok(here));
        // Inside a call that is not served, and in a runtime that the code drives itself.
        assert_eq!(block_on(async { whereabouts_sync().0 }), here);
        assert_eq!(
            current_thread().block_on(async { whereabouts_sync().0 }),
            here
        );
        assert_eq!(
            multi_thread().block_on(async { whereabouts_sync().0 }),
            here
        );
        let task =
            current_thread().block_on(async { tokio::spawn(async { whereabouts_sync().0 }).await });
        assert_eq!(task.expect("no panic"), here);
        assert_eq!(
            futures_executor::block_on(async { whereabouts_sync().0 }),
            here
        );
    };
    current_thread().block_on(to_thread(code).serve());
}

/// A stranger's task on the thread of served code is not served, since the task that serves has nothing to do with it.
#[test]
fn tasks_that_the_thread_drives_meanwhile_are_not_served() {
    let _watch = watch(&test_name());
    #[sync_wrapper]
    async fn task_of_home() -> ThreadId {
        let context = |()| Context::current();
        let task = tokio::spawn(async move { context(()) })
            .await
            .expect("no panic");
        assert_ne!(task, Context::Served);
        thread::current().id()
    }
    let code = || {
        // It drives home, in which the tasks of other calls run.
        let here = block_on(async {
            let task = tokio::spawn(async { Context::current() });
            yield_now().await;
            task.await.expect("no panic")
        });
        assert_ne!(here, Context::Served);
        task_of_home_sync()
    };
    let here = thread::current().id();
    assert_eq!(current_thread().block_on(to_thread(code).serve()), here);
}

#[test]
fn several_threads_are_served_side_by_side() {
    let _watch = watch(&test_name());
    #[sync_wrapper]
    async fn meet(barrier: Arc<tokio::sync::Barrier>) -> ThreadId {
        barrier.wait().await;
        thread::current().id()
    }
    const THREADS: usize = 8;
    let code = || {
        let caller = caller();
        let barrier = Arc::new(tokio::sync::Barrier::new(THREADS));
        thread::scope(|scope| {
            let threads: Vec<_> = (0..THREADS)
                .map(|_| {
                    let (caller, barrier) = (caller.clone(), Arc::clone(&barrier));
                    scope.spawn(move || caller.scope(|| meet_sync(barrier)))
                })
                .collect();
            threads
                .into_iter()
                .map(|thread| thread.join().expect("no panic"))
                .collect::<Vec<_>>()
        })
    };
    let here = thread::current().id();
    let served = current_thread().block_on(to_thread(code).serve());
    assert_eq!(served, [here; THREADS]);
}

#[test]
fn panics_reach_the_code_with_their_payload() {
    let _watch = watch(&test_name());
    #[sync_wrapper]
    async fn fail(late: bool) {
        if late {
            yield_now().await;
        }
        panic_any(7_u8)
    }
    let code = || {
        for late in [false, true] {
            let panic = catch_unwind(|| fail_sync(late)).unwrap_err();
            assert_eq!(panic.downcast_ref(), Some(&7_u8));
        }
        panic_any(8_u8)
    };
    let runtime = current_thread();
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        runtime.block_on(to_thread(code).serve())
    }));
    let panic = outcome.map(|never: ()| never).unwrap_err();
    assert_eq!(panic.downcast_ref(), Some(&8_u8));
}

/// Awaits until `code` has told that it waits, drops it, and returns how `code` has ended.
fn cancelled<T: Send + 'static>(
    code: impl FnOnce(oneshot::Sender<()>) -> T + Send + 'static,
) -> thread::Result<T> {
    let (begun, has_begun) = oneshot::channel();
    let (ended, outcome) = mpsc::sync_channel(1);
    let code = move || {
        let outcome = catch_unwind(AssertUnwindSafe(|| code(begun)));
        ended.send(outcome).expect("it listens");
    };
    current_thread().block_on(async {
        tokio::select! {
            () = to_thread(code).serve_local() => panic!("it never ends"),
            _ = has_begun => {}
        }
    });
    outcome.recv().expect("it ends")
}

#[test]
fn dropping_the_future_ends_the_call() {
    let _watch = watch(&test_name());
    let here = thread::current().id();
    type Hold = fn(NotesDrop, oneshot::Sender<()>);
    for hold in [hold_sync as Hold, hold_local_sync as Hold] {
        let dropped = Dropped::default();
        let guard = dropped.guard();
        let outcome = cancelled(move |begun| hold(guard, begun));
        let panic = outcome.unwrap_err();
        assert!(panic.downcast_ref::<&str>().is_none() && panic.downcast_ref::<String>().is_none());
        assert_eq!(
            dropped.at(),
            Some(here),
            "the future is dropped in the task"
        );
    }
}

/// Code that waits in another way ends at its next call.
#[test]
fn later_calls_end_at_once() {
    let _watch = watch(&test_name());
    let (go_on, waits) = mpsc::sync_channel(1);
    let (ended, outcome) = mpsc::sync_channel(1);
    let (begun, has_begun) = oneshot::channel();
    let code = move || {
        let caller = caller();
        assert!(!caller.is_cancelled());
        begun.send(()).expect("it listens");
        waits.recv().expect("it goes on");
        assert!(caller.is_cancelled());
        let calls: [fn(); 3] = [
            || _ = whereabouts_sync(),
            || caller_of_code().run(|| ()),
            || caller_of_code().block_on_send(|| async {}),
        ];
        let ends = calls.map(|call| catch_unwind(call).is_err());
        // Those that go on.
        without_cancel(|| assert_eq!(whereabouts_sync().1, "none"));
        without_cancel(|| caller.run(|| ()));
        block_on(async {});
        ended.send(ends).expect("it listens");
    };
    current_thread().block_on(async {
        tokio::select! {
            () = to_thread(code).serve() => panic!("it waits"),
            _ = has_begun => {}
        }
    });
    go_on.send(()).expect("it waits");
    assert_eq!(outcome.recv(), Ok([true; 3]));
}

fn caller_of_code() -> Caller {
    caller()
}

/// A signal from the task to the code, and back.
#[sync_wrapper]
async fn finish(begun: oneshot::Sender<()>, go_on: oneshot::Receiver<u32>) -> (u32, ThreadId) {
    let _ = begun.send(());
    let n = go_on.await.expect("it sends");
    yield_now().await;
    (n, thread::current().id())
}

/// The same with a future that is not `Send`.
#[sync_wrapper]
async fn finish_local(
    begun: oneshot::Sender<()>,
    go_on: oneshot::Receiver<u32>,
) -> (u32, ThreadId) {
    let stays = Rc::new(());
    let _ = begun.send(());
    let n = go_on.await.expect("it sends");
    yield_now().await;
    drop(stays);
    (n, thread::current().id())
}

/// What must not be ended goes on where it is made, with the future that the task has begun.
#[test]
fn a_call_that_must_not_be_ended_goes_on() {
    let _watch = watch(&test_name());
    type Outcome = (u32, ThreadId);
    type Call = Box<dyn FnOnce() -> Outcome>;
    let ways: [fn(Call) -> Outcome; 2] = [
        |call| without_cancel(call),
        |call| {
            // In a drop during unwinding.
            struct CallsInDrop<'a>(Cell<Option<Call>>, &'a Cell<Option<Outcome>>);
            impl Drop for CallsInDrop<'_> {
                fn drop(&mut self) {
                    self.1.set(self.0.take().map(|call| call()));
                }
            }
            let outcome = Cell::new(None);
            let unwinding = catch_unwind(AssertUnwindSafe(|| {
                let _calls = CallsInDrop(Cell::new(Some(call)), &outcome);
                resume_unwind(Box::new("unwinding"));
            }));
            assert_eq!(unwinding.unwrap_err().downcast_ref(), Some(&"unwinding"));
            outcome.take().expect("it has called")
        },
    ];
    for way in ways {
        let (begun, has_begun) = oneshot::channel();
        let (go_on, goes_on) = oneshot::channel();
        let (ended, outcome) = mpsc::sync_channel(1);
        let code = move || {
            let (_, there) = way(Box::new(move || finish_sync(begun, goes_on)));
            let here = thread::current().id();
            ended.send((there, here)).expect("it listens");
        };
        let runtime = current_thread();
        runtime.block_on(async {
            tokio::select! {
                () = to_thread(code).serve() => panic!("it waits"),
                _ = has_begun => {}
            }
        });
        drop(runtime);
        go_on.send(1).expect("it waits");
        let (there, here) = outcome.recv().expect("it ends");
        assert_eq!(there, here);
    }
}

/// A future that is not `Send` can go on nowhere else, so the drop waits for it.
#[test]
fn the_drop_finishes_what_can_go_on_nowhere_else() {
    let _watch = watch(&test_name());
    let here = thread::current().id();
    let (begun, has_begun) = oneshot::channel();
    let (go_on, goes_on) = oneshot::channel();
    let (ended, outcome) = mpsc::sync_channel(1);
    let code = move || {
        let end = without_cancel(|| finish_local_sync(begun, goes_on));
        ended.send(end).expect("it listens");
    };
    current_thread().block_on(async {
        let mut go_on = Some(go_on);
        let mut code = Box::pin(to_thread(code).serve_local());
        tokio::select! {
            () = &mut code => panic!("it waits"),
            _ = has_begun => {}
        }
        let has_sent = Arc::new(AtomicBool::new(false));
        thread::spawn({
            let go_on = go_on.take().expect("once");
            let has_sent = Arc::clone(&has_sent);
            move || {
                thread::sleep(Duration::from_millis(50));
                has_sent.store(true, SeqCst);
                go_on.send(2).expect("it waits");
            }
        });
        drop(code);
        assert!(has_sent.load(SeqCst));
    });
    assert_eq!(outcome.recv(), Ok((2, here)));
}

/// Its callers wait for ever, and so nothing that they have lent is freed.
#[test]
fn a_future_that_is_forgotten_frees_nothing() {
    let _watch = watch(&test_name());
    let (begun, has_begun) = oneshot::channel();
    let (ended, outcome) = mpsc::sync_channel::<()>(1);
    let dropped = Dropped::default();
    let guard = dropped.guard();
    let code = move || {
        hold_sync(guard, begun);
        ended.send(()).expect("it listens");
    };
    current_thread().block_on(async {
        let mut code = Box::pin(to_thread(code).serve());
        tokio::select! {
            () = &mut code => panic!("it never ends"),
            _ = has_begun => {}
        }
        // Forgotten, but for those who look for leaks.
        static FORGOTTEN: Mutex<Vec<Box<dyn Any + Send>>> = Mutex::new(Vec::new());
        FORGOTTEN.lock().unwrap().push(Box::new(code));
    });
    let waits = outcome.recv_timeout(Duration::from_millis(100));
    assert_eq!(waits, Err(mpsc::RecvTimeoutError::Timeout));
    assert_eq!(dropped.at(), None);
}

/// Only one test calls it, and so sees its own call alone.
#[sync_wrapper]
async fn wait_untaken() {
    pending::<()>().await;
}

/// Each state in which the future can be dropped: not polled, before the code has begun, before its call has been taken, and
/// with the code at its end.
#[test]
fn dropped_in_every_state() {
    let _watch = watch(&test_name());
    let runtime = current_thread();
    drop(to_thread(|| ()).serve());
    // Code that has not begun is not begun.
    let has_run = Arc::new(AtomicBool::new(false));
    let (later, wait) = mpsc::channel::<Box<dyn FnOnce() + Send>>();
    runtime.block_on(async {
        let noted = Arc::clone(&has_run);
        let code = to_thread(move || noted.store(true, SeqCst));
        let later = move |code| later.send(code).expect("it listens");
        let mut code = Box::pin(code.on(later).serve());
        assert!(poll_once(code.as_mut()).await.is_none());
    });
    wait.recv().expect("it is sent")();
    assert!(!has_run.load(SeqCst));
    // A call that nobody has taken.
    let (ended, outcome) = mpsc::sync_channel(1);
    let (begin, begun) = mpsc::sync_channel(1);
    runtime.block_on(async {
        let code = move || {
            begun.recv().expect("it goes on");
            let outcome = catch_unwind(wait_untaken_sync);
            ended.send(outcome.is_err()).expect("it listens");
        };
        let mut code = Box::pin(to_thread(code).serve());
        assert!(poll_once(code.as_mut()).await.is_none());
        begin.send(()).expect("it waits");
        while blocked_calls()
            .iter()
            .all(|call| call.async_fn() != Some("wait_untaken"))
        {
            thread::yield_now();
        }
    });
    assert_eq!(outcome.recv(), Ok(true));
    // At its end.
    runtime.block_on(async {
        let (go_on, goes_on) = mpsc::sync_channel(1);
        let (ended, has_ended) = mpsc::sync_channel(1);
        let code = move || {
            goes_on.recv().expect("it goes on");
            ended.send(()).expect("it listens");
        };
        let mut code = Box::pin(to_thread(code).serve());
        assert!(poll_once(code.as_mut()).await.is_none());
        go_on.send(()).expect("it waits");
        has_ended.recv().expect("it ends");
    });
}

async fn poll_once<F: Future>(mut future: Pin<&mut F>) -> Option<F::Output> {
    poll_fn(|cx| {
        Poll::Ready(match future.as_mut().poll(cx) {
            Poll::Ready(output) => Some(output),
            Poll::Pending => None,
        })
    })
    .await
}

/// The runtime drops the task at its shutdown.
#[test]
fn a_runtime_that_shuts_down_ends_the_code() {
    let _watch = watch(&test_name());
    for runtime in [current_thread(), multi_thread()] {
        let (begun, has_begun) = oneshot::channel();
        let (ended, outcome) = mpsc::sync_channel(1);
        let dropped = Dropped::default();
        let guard = dropped.guard();
        let code = move || {
            let outcome = catch_unwind(AssertUnwindSafe(|| hold_sync(guard, begun)));
            ended.send(outcome.is_err()).expect("it listens");
        };
        runtime.spawn(to_thread(code).serve());
        runtime.block_on(has_begun).expect("it begins");
        drop(runtime);
        assert_eq!(outcome.recv(), Ok(true));
        assert!(dropped.at().is_some());
    }
}

/// A panic in the drop of a call's future is one of the drop of what serves it, and every caller is told nevertheless.
#[test]
fn a_future_that_panics_when_it_is_dropped() {
    let _watch = watch(&test_name());
    struct Bomb;
    impl Drop for Bomb {
        fn drop(&mut self) {
            panic_any("the bomb");
        }
    }
    #[sync_wrapper]
    async fn hold_bomb(begun: oneshot::Sender<()>) {
        let _bomb = Bomb;
        let _ = begun.send(());
        pending().await
    }
    let (ended, outcome) = mpsc::channel();
    let (begun, has_begun) = oneshot::channel();
    let (begun_too, has_begun_too) = oneshot::channel();
    let code = move || {
        let caller = caller();
        let ended_too = ended.clone();
        thread::scope(|scope| {
            scope.spawn(move || {
                let hold = || caller.scope(|| hold_bomb_sync(begun));
                let is_ended = catch_unwind(AssertUnwindSafe(hold)).is_err();
                ended.send(is_ended).expect("it listens");
            });
            let is_ended = catch_unwind(AssertUnwindSafe(|| hold_bomb_sync(begun_too))).is_err();
            ended_too.send(is_ended).expect("it listens");
        });
    };
    let panic = catch_unwind(AssertUnwindSafe(|| {
        current_thread().block_on(async {
            tokio::select! {
                () = to_thread(code).serve() => panic!("it never ends"),
                _ = async { tokio::join!(has_begun, has_begun_too) } => {}
            }
        })
    }));
    assert_eq!(panic.unwrap_err().downcast_ref(), Some(&"the bomb"));
    assert_eq!(outcome.iter().collect::<Vec<_>>(), [true, true]);
}

/// A waker that panics on the caller's thread is that call's panic, and takes nothing with it.
#[test]
fn a_waker_that_panics() {
    let _watch = watch(&test_name());
    struct PanicsOnce(AtomicBool, thread::Thread);
    impl Wake for PanicsOnce {
        fn wake(self: Arc<Self>) {
            self.1.unpark();
            if !self.0.swap(true, SeqCst) {
                panic_any("the waker");
            }
        }
    }
    let (ended, outcome) = mpsc::sync_channel(1);
    let (go_on, goes_on) = mpsc::sync_channel(1);
    let code = move || {
        // Until the task has left its waker.
        goes_on.recv().expect("it goes on");
        let first = catch_unwind(|| _ = caller_of_code().block_on_send(|| async { 1 }));
        let payload = first.unwrap_err();
        ended
            .send(payload.downcast_ref() == Some(&"the waker"))
            .expect("it listens");
        caller_of_code().block_on_send(|| async { 2 })
    };
    let waker = Waker::from(Arc::new(PanicsOnce(
        AtomicBool::new(false),
        thread::current(),
    )));
    let mut code = pin!(to_thread(code).serve());
    let mut cx = Cx::from_waker(&waker);
    assert!(code.as_mut().poll(&mut cx).is_pending());
    go_on.send(()).expect("it waits");
    let output = loop {
        match code.as_mut().poll(&mut cx) {
            Poll::Ready(output) => break output,
            Poll::Pending => thread::park_timeout(Duration::from_millis(10)),
        }
    };
    assert_eq!(output, 2);
    assert_eq!(outcome.recv(), Ok(true));
}

/// It is polled by one thread and then by another, as in a scheduler that steals tasks.
#[test]
fn a_task_that_moves() {
    let _watch = watch(&test_name());
    let (go_on, goes_on) = oneshot::channel();
    let (begun, has_begun) = oneshot::channel();
    let mut code = Box::pin(to_thread(move || finish_sync(begun, goes_on)).serve());
    current_thread().block_on(async {
        tokio::select! {
            _ = &mut code => panic!("it waits"),
            _ = has_begun => {}
        }
    });
    go_on.send(3).expect("it waits");
    let there = thread::spawn(move || {
        let (n, there) = current_thread().block_on(&mut code);
        assert_eq!((n, there), (3, thread::current().id()));
    });
    there.join().expect("no panic");
}

/// Timers and sockets work under any executor: the calls have a runtime's context if the task has none.
#[test]
fn under_executors_that_are_not_tokios() {
    let _watch = watch(&test_name());
    #[sync_wrapper]
    async fn nap() -> ThreadId {
        sleep(Duration::from_millis(1)).await;
        let task = tokio::spawn(async { 1 });
        assert_eq!(task.await.expect("no panic"), 1);
        thread::current().id()
    }
    let here = thread::current().id();
    assert_eq!(
        futures_executor::block_on(to_thread(nap_sync).serve()),
        here
    );
    assert_eq!(
        futures_executor::block_on(to_thread(nap_sync).serve_local()),
        here
    );
    // sync-twin's own.
    assert_eq!(block_on(to_thread(nap_sync).serve()), here);
    // Dropped there, too.
    struct NeedsRuntime(mpsc::SyncSender<bool>);
    impl Drop for NeedsRuntime {
        fn drop(&mut self) {
            let has_one = tokio::runtime::Handle::try_current().is_ok();
            self.0.send(has_one).expect("it listens");
        }
    }
    #[sync_wrapper]
    async fn hold_that(guard: NeedsRuntime, begun: oneshot::Sender<()>) {
        let _guard = guard;
        let _ = begun.send(());
        pending().await
    }
    let (had_one, outcome) = mpsc::sync_channel(1);
    let (begun, has_begun) = oneshot::channel();
    futures_executor::block_on(async {
        let mut has_begun = pin!(has_begun);
        let mut code =
            pin!(to_thread(move || hold_that_sync(NeedsRuntime(had_one), begun)).serve());
        poll_fn(|cx| {
            assert!(code.as_mut().poll(cx).is_pending());
            has_begun.as_mut().poll(cx)
        })
        .await
        .expect("it begins");
    });
    assert_eq!(outcome.recv(), Ok(true));
}

/// What a call's future does with a `Caller` of its own service cannot wait for the poll that it is in.
#[test]
fn a_caller_that_is_used_in_the_task() {
    let _watch = watch(&test_name());
    let here = thread::current().id();
    let code = move || {
        let caller = caller();
        caller.clone().block_on_send(|| async move {
            assert_eq!(caller.run(|| thread::current().id()), here);
            caller.scope(whereabouts_sync).0
        })
    };
    current_thread().block_on(to_thread(code).serve());
    // A pool that runs the code in the very poll.
    let at_once = |code: Box<dyn FnOnce() + Send>| code();
    let there = current_thread().block_on(to_thread(whereabouts_sync).on(at_once).serve());
    assert_eq!(there.1, "none");
}

#[test]
fn a_caller_that_outlives_its_task() {
    let _watch = watch(&test_name());
    let kept = current_thread().block_on(to_thread(caller).serve());
    assert!(!kept.is_cancelled());
    let here = thread::current().id();
    assert_eq!(kept.run(|| thread::current().id()), here);
    assert_eq!(kept.block_on_send(|| async { 4 }), 4);
    assert_eq!(kept.block_on(|| async { 5 }), 5);
    assert_eq!(kept.scope(whereabouts_sync), (here, "none"));
    // Where nobody has ever served.
    assert_eq!(caller().scope(whereabouts_sync), (here, "none"));
}

/// A thread that the code leaves behind has its future back when the code has returned.
#[test]
fn a_thread_that_outlives_the_code() {
    let _watch = watch(&test_name());
    for is_local in [false, true] {
        let (go_on, goes_on) = oneshot::channel();
        let (begun, has_begun) = mpsc::sync_channel(1);
        let code = move || {
            let caller = caller();
            let thread = thread::spawn(move || {
                let call = || {
                    caller.block_on_send(|| async move {
                        begun.send(()).expect("it listens");
                        let n: u32 = goes_on.await.expect("it sends");
                        (n, thread::current().id())
                    })
                };
                (call(), thread::current().id())
            });
            has_begun.recv().expect("it begins");
            thread
        };
        let runtime = current_thread();
        let thread = match is_local {
            false => runtime.block_on(to_thread(code).serve()),
            true => runtime.block_on(to_thread(code).serve_local()),
        };
        drop(runtime);
        go_on.send(6).expect("it waits");
        let ((n, there), own) = thread.join().expect("no panic");
        assert_eq!((n, there), (6, own));
    }
}

#[test]
fn block_on_names_what_can_hold_it() {
    let _watch = watch(&test_name());
    let code = || {
        let call = || caller().block_on(|| async { Rc::new(1) }.map_to_one());
        catch_unwind(call).unwrap_err()
    };
    let panic = current_thread().block_on(to_thread(code).serve());
    let text: &&str = panic.downcast_ref().expect("a text");
    assert!(
        text.contains("serve_local()") && text.contains("use `block_on_send`"),
        "{text}"
    );
    let code = || caller().block_on(|| async { Rc::new(1) }.map_to_one());
    assert_eq!(current_thread().block_on(to_thread(code).serve_local()), 1);
}

trait MapToOne: Future<Output = Rc<u32>> + Sized {
    async fn map_to_one(self) -> u32 {
        let one = self.await;
        yield_now().await;
        *one
    }
}

impl<F: Future<Output = Rc<u32>>> MapToOne for F {}

/// What code asks of a thread that waits for it runs there meanwhile; other code waits.
#[test]
fn one_thread_for_code_inside_code() {
    let _watch = watch(&test_name());
    #[sync_wrapper]
    async fn deeper(thread: OneThread, depth: u32) -> Vec<ThreadId> {
        let code = {
            let thread = thread.clone();
            move || {
                assert!(thread.is_current());
                let mut ids = match depth {
                    0 => Vec::new(),
                    _ => deeper_sync(thread, depth - 1),
                };
                ids.push(thread::current().id());
                ids
            }
        };
        to_thread(code).on(&thread).serve().await
    }
    let one = OneThread::new("one");
    assert!(!one.is_current());
    let code = {
        let one = one.clone();
        move || {
            assert_eq!(thread::current().name(), Some("one"));
            (deeper_sync(one, 3), thread::current().id())
        }
    };
    let (ids, own) = current_thread().block_on(to_thread(code).on(&one).serve());
    assert_eq!(ids, [own; 4]);
    // Others wait for the end of a piece, though its thread is in a call.
    let order = Arc::new(Mutex::new(Vec::new()));
    current_thread().block_on(async {
        let (begun, has_begun) = oneshot::channel();
        let (go_on, goes_on) = oneshot::channel();
        let first = to_thread({
            let order = Arc::clone(&order);
            move || {
                let _ = finish_sync(begun, goes_on);
                order.lock().unwrap().push("first");
            }
        });
        let second = to_thread({
            let order = Arc::clone(&order);
            move || order.lock().unwrap().push("second")
        });
        let second = async {
            has_begun.await.expect("it begins");
            let mut second = pin!(second.on(&one));
            assert!(poll_once(second.as_mut()).await.is_none());
            go_on.send(0).expect("it waits");
            second.await;
        };
        tokio::join!(first.on(&one).serve(), second);
    });
    assert_eq!(*order.lock().unwrap(), ["first", "second"]);
}

#[test]
fn a_pool_that_drops_the_code_is_named() {
    let _watch = watch(&test_name());
    let drops = |code: Box<dyn FnOnce() + Send>| drop(code);
    let runtime = current_thread();
    let outcomes = [
        catch_unwind(AssertUnwindSafe(|| {
            runtime.block_on(to_thread(|| ()).on(drops))
        })),
        catch_unwind(AssertUnwindSafe(|| {
            runtime.block_on(to_thread(|| ()).on(drops).serve())
        })),
    ];
    for outcome in outcomes {
        let panic = outcome.unwrap_err();
        let text: &&str = panic.downcast_ref().expect("a text");
        assert!(text.contains("the pool that `on` names"), "{text}");
    }
}

/// A pool of two threads: what a third piece of code waits for must not take another thread of it.
#[test]
fn on_a_pool_of_the_users() {
    let _watch = watch(&test_name());
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(2)
        .build()
        .expect("it starts");
    let here = thread::current().id();
    let code = || {
        use rayon::prelude::*;
        assert!(rayon::current_thread_index().is_some());
        let caller = caller();
        let all: Vec<_> = (0..10)
            .into_par_iter()
            .map(|_| caller.scope(whereabouts_sync).0)
            .collect();
        all
    };
    let there = current_thread().block_on(to_thread(code).on(|code| pool.spawn(code)).serve());
    assert_eq!(there, [here; 10]);
}

#[test]
fn calls_are_counted_and_listed() {
    let _watch = watch(&test_name());
    let count = || metrics().calls(Context::Served, Strategy::Served);
    let before = count();
    let code = || {
        let listed = finish_listed_sync();
        assert_eq!(listed, (Context::Served, Strategy::Served));
    };
    #[sync_wrapper]
    async fn finish_listed() -> (Context, Strategy) {
        let calls = blocked_calls();
        let own = calls
            .iter()
            .find(|call| call.async_fn() == Some("finish_listed"));
        let own = own.expect("it is listed");
        (own.context(), own.strategy())
    }
    current_thread().block_on(to_thread(code).serve());
    assert!(count() > before);
}

/// Two services, one inside the other: the drop of the outer ends both.
#[test]
fn services_inside_one_another_end_together() {
    let _watch = watch(&test_name());
    #[sync_wrapper]
    async fn outer(ended: mpsc::Sender<bool>, guard: NotesDrop, begun: oneshot::Sender<()>) {
        let inner = move || {
            let hold = AssertUnwindSafe(|| hold_sync(guard, begun));
            ended.send(catch_unwind(hold).is_err()).expect("it listens");
        };
        to_thread(inner).serve().await;
    }
    let (ended, outcome) = mpsc::channel();
    let dropped = Dropped::default();
    let guard = dropped.guard();
    let end = cancelled({
        let ended = ended.clone();
        move |begun| outer_sync(ended, guard, begun)
    });
    assert!(end.is_err());
    drop(ended);
    assert_eq!(outcome.recv(), Ok(true));
    assert_eq!(dropped.at(), Some(thread::current().id()));
}

/// Many callers, many services, drops at random: everybody is told, and nothing is used after its end.
#[test]
fn many_callers_that_are_dropped_at_some_point() {
    let _watch = watch(&test_name());
    const SERVICES: usize = 60;
    const THREADS: usize = 4;
    #[sync_wrapper]
    async fn add(sum: &AtomicUsize, text: &str, yields: usize) -> usize {
        for _ in 0..yields {
            yield_now().await;
        }
        sum.fetch_add(text.len(), SeqCst);
        text.len()
    }
    let alive = Arc::new(AtomicUsize::new(0));
    struct Alive(Arc<AtomicUsize>);
    impl Drop for Alive {
        fn drop(&mut self) {
            self.0.fetch_sub(1, SeqCst);
        }
    }
    let runtime = multi_thread();
    runtime.block_on(async {
        let mut tasks = Vec::new();
        for service in 0..SERVICES {
            let alive = Arc::clone(&alive);
            let code = move || {
                alive.fetch_add(1, SeqCst);
                let _alive = Alive(alive);
                let caller = caller();
                let sum = AtomicUsize::new(0);
                thread::scope(|scope| {
                    for thread in 0..THREADS {
                        let (caller, sum) = (&caller, &sum);
                        scope.spawn(move || {
                            caller.scope(|| {
                                for call in 0..50 {
                                    // Borrowed from this stack.
                                    let text = format!("{service} {thread} {call}");
                                    assert_eq!(add_sync(sum, &text, call % 3), text.len());
                                }
                            });
                        });
                    }
                });
            };
            let served = to_thread(code).serve();
            tasks.push(tokio::spawn(async move {
                let limit = Duration::from_micros(service as u64 * 200);
                tokio::time::timeout(limit, served).await.is_ok()
            }));
        }
        for task in tasks {
            // Threads that are ended make `thread::scope` panic on the thread of the code alone.
            task.await.expect("no panic");
        }
    });
    while alive.load(SeqCst) > 0 {
        thread::sleep(Duration::from_millis(1));
    }
}
