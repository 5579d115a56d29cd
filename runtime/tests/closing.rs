//! Values that are closed when they are dropped, wherever that is, and what is said of those that cannot be.

mod deadline;

use deadline::{test_name, watch};
use std::any::Any;
use std::cell::{Cell, RefCell};
use std::env;
use std::future::pending;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind, panic_any};
use std::process::Command;
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::Duration;
use sync_twin::testing::in_every_context;
use sync_twin::{Closing, block_on, closing, closing_local, shutdown};
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::sync::oneshot;
use tokio::task::yield_now;
use tokio::time::sleep;

/// Counts how often it has been closed, and dropped in a runtime's context.
#[derive(Clone, Debug, Default)]
struct Count(Arc<AtomicUsize>);

impl Count {
    async fn close(&self) -> io::Result<()> {
        yield_now().await;
        sleep(Duration::from_millis(1)).await;
        self.0.fetch_add(1, SeqCst);
        Ok(())
    }

    fn get(&self) -> usize {
        self.0.load(SeqCst)
    }
}

fn current_thread() -> Runtime {
    let runtime = Builder::new_current_thread().enable_all().build();
    runtime.expect("it starts")
}

fn workers(workers: usize) -> Runtime {
    let mut builder = Builder::new_multi_thread();
    builder.worker_threads(workers).enable_all();
    builder.build().expect("it starts")
}

#[test]
fn in_every_context_and_while_panicking() {
    let _watch = watch(&test_name());
    in_every_context(|| {
        let count = Count::default();
        drop(closing(count.clone(), async |count| count.close().await));
        assert_eq!(count.get(), 1);

        let panicked = catch_unwind(AssertUnwindSafe(|| {
            let _guard = closing(count.clone(), async |count| count.close().await);
            panic_any(7_u8);
        }));
        assert_eq!(panicked.unwrap_err().downcast_ref(), Some(&7_u8));
        assert_eq!(count.get(), 2);

        // A second panic would abort.
        let panicked = catch_unwind(AssertUnwindSafe(|| {
            let _guard = closing(count.clone(), async |count: Count| -> io::Result<()> {
                count.close().await?;
                panic!("the second")
            });
            panic_any(8_u8);
        }));
        assert_eq!(panicked.unwrap_err().downcast_ref(), Some(&8_u8));
        assert_eq!(count.get(), 3);
    });
}

#[test]
fn local_ones() {
    let _watch = watch(&test_name());
    in_every_context(|| {
        let closed = Rc::new(Cell::new(0));
        let guard = closing_local(Rc::clone(&closed), async |closed| {
            yield_now().await;
            closed.set(closed.get() + 1);
        });
        drop(guard.limit(Duration::from_secs(3600)));
        assert_eq!(closed.get(), 1);
    });
}

#[test]
fn taken_out_or_closed_by_hand() {
    let _watch = watch(&test_name());
    let count = Count::default();
    let guard = |count: &Count| closing(count.clone(), async |count| count.close().await);
    let taken = guard(&count).into_inner();
    assert_eq!(taken.get(), 0);

    guard(&count).close().expect("it closes");
    assert_eq!(count.get(), 1);
    let long = Duration::from_secs(3600);
    let closed = guard(&count).close_timeout(long).expect("it is in time");
    closed.expect("it closes");
    assert_eq!(count.get(), 2);

    let never = closing(count.clone(), async |_| pending::<()>().await);
    let late = never.close_timeout(Duration::from_millis(1)).unwrap_err();
    assert!(late.location().file().ends_with("closing.rs"), "{late}");
    // What is left has been dropped.
    assert_eq!(Arc::strong_count(&count.0), 2);

    let mut text = closing(String::from("a"), async |_| ());
    text.push('b');
    assert_eq!(text.len(), 2);
    assert_eq!(format!("{text:?}"), "Closing(\"ab\")");

    let panics = closing((), async |()| -> io::Result<()> { panic_any(9_u8) });
    let panicked = catch_unwind(AssertUnwindSafe(|| panics.close()));
    assert_eq!(panicked.unwrap_err().downcast_ref(), Some(&9_u8));
}

/// As a field of something else, by a closure that is one: the type has a name then.
#[test]
fn in_a_struct() {
    let _watch = watch(&test_name());
    type Close = fn(Count) -> std::pin::Pin<Box<dyn Future<Output = io::Result<()>>>>;
    struct Server {
        _peer: Closing<Count, Close, io::Result<()>>,
    }
    let count = Count::default();
    let close: Close = |count| Box::pin(async move { count.close().await });
    let server = Server {
        _peer: closing(count.clone(), close),
    };
    let server: Box<dyn Send> = Box::new(Holder(server));
    struct Holder(#[expect(dead_code, reason = "it is dropped")] Server);
    drop(server);
    assert_eq!(count.get(), 1);
}

thread_local! {
    static AT_EXIT: RefCell<Vec<Box<dyn Any>>> = const { RefCell::new(Vec::new()) };
}

fn at_exit(guard: impl Any) {
    AT_EXIT.with_borrow_mut(|at_exit| at_exit.push(Box::new(guard)));
}

#[test]
fn at_the_end_of_a_thread() {
    let _watch = watch(&test_name());
    let orders: [fn(&Count); 4] = [
        |count| at_exit(closing(count.clone(), async |count| count.close().await)),
        |count| {
            at_exit(closing(count.clone(), async |count| count.close().await));
            let _ = Handle::try_current();
        },
        |count| {
            block_on(yield_now());
            at_exit(closing(count.clone(), async |count| count.close().await));
        },
        // Both would abort the process: the one as nothing is left of tokio there, and the other by itself.
        |count| {
            at_exit(closing(count.clone(), async |count| -> io::Result<()> {
                count.close().await?;
                panic!("in the destructor of a thread-local")
            }));
            at_exit(closing_local(count.clone(), async |count| {
                count.close().await
            }));
            block_on(yield_now());
        },
    ];
    for order in orders {
        let count = Count::default();
        thread::scope(|scope| {
            let thread = scope.spawn(|| order(&count));
            thread.join().expect("it does not panic");
        });
        assert_eq!(count.get(), 1);
    }
}

#[test]
fn many_at_once() {
    let _watch = watch(&test_name());
    let count = Count::default();
    let barrier = Arc::new(Barrier::new(64));
    let threads = (0..64).map(|index| {
        let guard = closing(count.clone(), async |count| count.close().await);
        let barrier = Arc::clone(&barrier);
        thread::spawn(move || {
            barrier.wait();
            match index % 4 {
                0 => drop(guard),
                1 => current_thread().block_on(async { drop(guard) }),
                2 => current_thread().block_on(async {
                    let task = tokio::spawn(async {
                        let _guard = guard;
                        panic_any(());
                    });
                    assert!(task.await.unwrap_err().is_panic());
                }),
                _ => workers(1).block_on(async {
                    let task = tokio::spawn(async {
                        let _guard = guard;
                        pending::<()>().await;
                    });
                    yield_now().await;
                    task.abort();
                    assert!(task.await.unwrap_err().is_cancelled());
                }),
            }
        })
    });
    for thread in threads.collect::<Vec<_>>() {
        thread.join().expect("none panics");
    }
    assert_eq!(count.get(), 64);
}

/// Set in a child process whose standard error is read; its value is the test that it runs.
const CHILD: &str = "SYNC_TWIN_CLOSES";

/// What a child that runs `code` says. In the child itself, runs it and returns `None`.
fn said_by_child(code: impl FnOnce()) -> Option<String> {
    let test = test_name();
    if env::var_os(CHILD).is_some_and(|child| child == *test) {
        code();
        return None;
    }
    let mut child = Command::new(env::current_exe().expect("the test knows its binary"));
    child
        .args(["--exact", &test, "--nocapture"])
        .env(CHILD, &test)
        .env("SYNC_TWIN_STALL", "300");
    let output = child.output().expect("the test can run itself");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    Some(said)
}

#[track_caller]
fn check_said(said: &str, count: usize, text: &str) {
    assert_eq!(said.matches(text).count(), count, "{text}\nin: {said}");
}

/// Each time, and before the process ends.
#[test]
fn what_goes_wrong_is_said() {
    let _watch = watch(&test_name());
    let Some(said) = said_by_child(|| {
        for _ in 0..3 {
            drop(closing(7_u8, async |_| Err::<(), _>("no luck")));
        }
        drop(closing(7_u8, async |_| -> io::Result<()> {
            panic!("so {}", "what")
        }));
        let silent = closing(7_u8, async |_| pending::<()>().await);
        drop(silent.limit(Duration::from_millis(1)));
        drop(closing(7_u8, async |_| Ok::<_, ()>(())));
        let last = closing(7_u8, async |_| Err::<(), _>("at last"));
        drop(last);
        std::process::exit(0);
    }) else {
        return;
    };
    let begins = "sync-twin: closing a `u8` in its `Drop`, as runtime/tests/closing.rs:";
    check_said(&said, 6, begins);
    check_said(&said, 3, "says, failed: \"no luck\"");
    check_said(&said, 1, "says, panicked: so what");
    check_said(&said, 1, "says, did not complete within 1ms");
    check_said(&said, 1, "says, failed: \"at last\"");
}

/// The stall names the place where the guard was made: the drop has none.
#[test]
fn one_that_takes_long_is_reported() {
    let _watch = watch(&test_name());
    let Some(said) = said_by_child(|| {
        let (done, until) = oneshot::channel::<()>();
        thread::spawn(move || {
            // Not a time that anything depends on: only more than the call has patience for.
            thread::sleep(Duration::from_millis(1500));
            done.send(()).expect("it waits");
        });
        drop(closing(until, async |until| until.await));
    }) else {
        return;
    };
    check_said(&said, 1, "the blocking call at runtime/tests/closing.rs:");
    check_said(&said, 0, "closing a `");
}

/// It needs what the runtime does that its thread drives: a limit ends that, and nothing else can.
#[test]
fn one_that_needs_the_runtime_that_it_blocks() {
    let _watch = watch(&test_name());
    let Some(said) = said_by_child(|| {
        current_thread().block_on(async {
            let (ask, asked) = oneshot::channel::<oneshot::Sender<()>>();
            tokio::spawn(async move { asked.await.expect("it asks").send(()) });
            let guard = closing(ask, async |ask| {
                let (reply, replied) = oneshot::channel();
                ask.send(reply).expect("somebody listens");
                replied.await
            });
            drop(guard.limit(Duration::from_millis(1000)));
        });
    }) else {
        return;
    };
    check_said(&said, 1, "says, did not complete within 1s");
    check_said(&said, 1, "the blocking call at runtime/tests/closing.rs:");
}

/// The task that holds it is dropped by `shutdown`, on a thread of sync-twin's own, and closing it starts all afresh.
#[test]
fn after_and_during_a_shutdown() {
    let _watch = watch(&test_name());
    let Some(said) = said_by_child(|| {
        let count = Count::default();
        let guard = || closing(count.clone(), async |count| count.close().await);
        block_on(async {});
        let after = guard();
        let during = guard();
        let task = sync_twin::spawn(async move {
            let _during = during;
            pending::<()>().await;
        });
        drop(task);
        let mut leftovers = shutdown(Duration::from_millis(100));
        assert_eq!((leftovers.tasks(), leftovers.calls()), (1, 0));
        assert_eq!(count.get(), 1);
        drop(after);
        assert_eq!(count.get(), 2);
        leftovers = shutdown(Duration::from_secs(30));
        assert!(leftovers.is_empty(), "{leftovers}");
    }) else {
        return;
    };
    check_said(&said, 0, "closing a `");
}

/// A task that is cancelled with its runtime has guards whose ends never come: each is ended in its turn, and none unwinds.
#[test]
fn with_the_runtime_of_their_task() {
    let _watch = watch(&test_name());
    let Some(said) = said_by_child(|| {
        let runtime = workers(1);
        let (started, starts) = std::sync::mpsc::channel();
        let task = runtime.spawn(async move {
            let guards: Vec<_> = (0..3)
                .map(|_| closing(7_u8, async |_| pending::<()>().await))
                .collect();
            started.send(()).expect("the test listens");
            drop(guards);
        });
        starts.recv().expect("it starts");
        thread::sleep(Duration::from_millis(300));
        drop(runtime);
        assert!(task.is_finished());
    }) else {
        return;
    };
    check_said(
        &said,
        3,
        "says, was ended with the runtime that its task is on",
    );
}
