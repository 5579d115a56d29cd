//! What tests for others promise: every context is tried, and a failure names it.

mod deadline;

use deadline::{test_name, watch};
use futures_util::stream::{self, BoxStream, Stream, StreamExt};
use std::collections::BTreeSet;
use std::env;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::Command;
use std::sync::mpsc;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;
use sync_twin::testing::{in_every_context, in_every_context_within, on_runtime};
use sync_twin::{Context, batch, block_on, block_on_with, iter, spawn, sync_wrapper};
use tokio::runtime::{Builder, Handle, Runtime};

fn report_of(deadline: Duration, code: impl Fn() + Send + Sync + 'static) -> String {
    let tested = catch_unwind(AssertUnwindSafe(|| in_every_context_within(deadline, code)));
    *tested.unwrap_err().downcast().expect("a report")
}

#[test]
fn every_kind_of_context_is_among_them() {
    let _watch = watch(&test_name());
    let seen = Arc::new(Mutex::new(BTreeSet::new()));
    let calls = Arc::new(Mutex::new(0));
    in_every_context({
        let (seen, calls) = (Arc::clone(&seen), Arc::clone(&calls));
        move || {
            seen.lock().unwrap().insert(Context::current().to_string());
            *calls.lock().unwrap() += 1;
        }
    });
    let seen = Arc::try_unwrap(seen).unwrap().into_inner().unwrap();
    for context in [
        Context::Outside,
        Context::Beside,
        Context::Beside,
        Context::Worker,
        Context::Driver,
        Context::Served,
        Context::Fiber,
    ] {
        assert!(seen.contains(&context.to_string()), "{seen:?}");
    }
    assert_eq!(*calls.lock().unwrap(), 27);
}

#[test]
fn an_api_with_a_runtime_of_its_own_fails_where_one_is_around() {
    let _watch = watch(&test_name());
    let report = report_of(Duration::from_secs(60), || {
        let runtime = Runtime::new().expect("it starts");
        runtime.block_on(async {});
    });
    assert!(
        report.starts_with("the code does not work in 14 of 27"),
        "{report}"
    );
    let first = "the root of a multi-thread runtime";
    assert!(
        report.contains(&format!("\n  {first}: panicked: Cannot ")),
        "{report}"
    );
    let same = format!("\n  a task of a current-thread runtime: the same as in {first}");
    assert!(report.contains(&same), "{report}");
    assert!(!report.contains("  a plain thread:"), "{report}");
}

#[test]
fn an_api_that_wants_a_runtime_fails_where_there_is_none() {
    let _watch = watch(&test_name());
    let report = report_of(Duration::from_secs(60), || drop(Handle::current()));
    assert!(
        report.starts_with("the code does not work in 2 of 27"),
        "{report}"
    );
    assert!(
        report.contains("\n  a plain thread: panicked: there is no reactor"),
        "{report}"
    );
}

#[test]
fn a_hang_is_a_failure_that_names_the_context() {
    let _watch = watch(&test_name());
    let report = report_of(Duration::from_secs(3), || {
        if Context::current() != Context::Driver {
            return;
        }
        let (_sender, receiver) = mpsc::channel::<()>();
        Handle::current().spawn(async move { drop(_sender) });
        // Only this thread could run that task.
        let _ = receiver.recv();
    });
    assert_eq!(
        report,
        "the code does not work in 1 of 27 contexts:\n  \
         the root of a current-thread runtime: has not ended within 3s \
         (the contexts after it were not tried)"
    );
}

#[test]
fn panics_with_something_else_than_a_message() {
    let _watch = watch(&test_name());
    let report = report_of(Duration::from_secs(60), || std::panic::panic_any(7));
    assert!(report.contains("27 of 27"), "{report}");
    assert!(
        report.contains("panicked: (not with a message)"),
        "{report}"
    );
}

#[test]
fn it_may_be_called_from_anywhere() {
    let _watch = watch(&test_name());
    let runtime = Builder::new_current_thread().enable_all().build();
    runtime
        .expect("it starts")
        .block_on(async { in_every_context(thread::yield_now) });
}

#[sync_wrapper]
async fn answer() -> u32 {
    tokio::task::yield_now().await;
    42
}

/// It calls from async code, which is its purpose. What the code starts by itself is asked as ever.
#[test]
fn what_is_denied_in_async_code_is_made_nevertheless() {
    let _watch = watch(&test_name());
    const CHILD: &str = "SYNC_TWIN_DENIES";
    if env::var_os(CHILD).is_none() {
        let output = Command::new(env::current_exe().expect("the test knows its binary"))
            .args([
                "--exact",
                "what_is_denied_in_async_code_is_made_nevertheless",
            ])
            .envs([CHILD, "SYNC_TWIN_ON_DRIVER", "SYNC_TWIN_ON_WORKER"].map(|name| (name, "deny")))
            .output()
            .expect("the test can run itself");
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(
            output.status.success() && said.contains("1 passed"),
            "{said}"
        );
        return;
    }
    let is_denied = || {
        let runtime = Builder::new_current_thread().build().expect("it starts");
        runtime.block_on(async { catch_unwind(answer_sync).is_err() })
    };
    in_every_context(move || {
        assert_eq!(answer_sync(), 42);
        assert!(thread::spawn(is_denied).join().unwrap());
    });
    assert!(is_denied());
}

fn current_thread() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

#[sync_wrapper]
async fn runtime() -> tokio::runtime::Id {
    let here = || Handle::current().id();
    let before = here();
    tokio::time::sleep(Duration::from_millis(1)).await;
    assert_eq!(here(), before);
    assert_eq!(tokio::spawn(async move { here() }).await.unwrap(), before);
    before
}

#[sync_wrapper(isolation = "always")]
async fn runtime_elsewhere() -> tokio::runtime::Id {
    // So is a twin that it calls.
    assert_eq!(runtime_sync(), Handle::current().id());
    runtime().await
}

#[sync_wrapper(type = Runtimes, foreign)]
impl Stream for BoxStream<'static, tokio::runtime::Id> {
    type Item = tokio::runtime::Id;
}

/// Its `Drop` is one of sync code.
struct OnDrop(mpsc::Sender<tokio::runtime::Id>);

#[sync_wrapper(type = BlockingOnDrop)]
impl OnDrop {
    pub(crate) fn new(dropped: mpsc::Sender<tokio::runtime::Id>) -> Self {
        dropped.send(Handle::current().id()).unwrap();
        OnDrop(dropped)
    }
}

impl Drop for OnDrop {
    fn drop(&mut self) {
        self.0.send(Handle::current().id()).unwrap();
    }
}

#[test]
fn calls_live_on_the_runtime_of_a_test() {
    let _watch = watch(&test_name());
    let theirs = current_thread();
    let id = theirs.handle().id();
    on_runtime(theirs, || {
        assert_eq!(runtime_sync(), id);
        assert_eq!(runtime_elsewhere_sync(), id);
        assert_eq!(block_on(runtime()), id);
        assert_eq!(block_on_with(runtime), id);
        assert!(
            batch([runtime(), runtime()])
                .run()
                .iter()
                .all(|&it| it == id)
        );
        let stream = stream::once(runtime());
        assert!(iter(Box::pin(stream)).eq([id]));
        assert!(Runtimes::from(stream::once(runtime()).boxed()).eq([id]));
        let (dropped, drops) = mpsc::channel();
        drop(BlockingOnDrop::new(dropped));
        assert!(drops.iter().eq([id, id]));
        // Another one inside.
        let inner = Builder::new_multi_thread().enable_all().build().unwrap();
        let inner_id = inner.handle().id();
        assert_eq!(on_runtime(inner, runtime_sync), inner_id);
        assert_eq!(runtime_sync(), id);
    });
    assert_ne!(runtime_sync(), id);
    assert_ne!(runtime_elsewhere_sync(), id);
}

/// Where the thread could not drive it, or does already.
#[test]
fn other_calls_do_not_live_there() {
    let _watch = watch(&test_name());
    let theirs = current_thread();
    let id = theirs.handle().id();
    on_runtime(theirs, || {
        let in_task = async { tokio::spawn(async { block_on(runtime()) }).await };
        assert_ne!(block_on(in_task).unwrap(), id);
        assert_ne!(spawn(runtime()).join(), id);
        assert_ne!(thread::spawn(runtime_sync).join().unwrap(), id);
        let driver = current_thread();
        assert_eq!(driver.block_on(async { runtime_sync() }), id);
        let runtimes = Runtimes::from(stream::once(runtime()).boxed());
        assert!(driver.block_on(async { runtimes.eq([id]) }));
        assert_ne!(driver.block_on(async { block_on(runtime()) }), id);
        let workers = Builder::new_multi_thread().enable_all().build().unwrap();
        assert_ne!(workers.block_on(async { runtime_sync() }), id);
        assert_eq!(workers.block_on(async { runtime_elsewhere_sync() }), id);
        let set = tokio::task::LocalSet::new();
        let in_set = async { tokio::task::spawn_local(async { block_on(runtime()) }).await };
        assert_ne!(set.block_on(&workers, in_set).unwrap(), id);
    });
}

#[test]
fn only_plain_threads_take_the_runtime_of_a_test() {
    let _watch = watch(&test_name());
    in_every_context(|| {
        let is_plain = Context::current() == Context::Outside;
        let theirs = current_thread();
        let id = theirs.handle().id();
        let call = || on_runtime(theirs, runtime_sync);
        match catch_unwind(AssertUnwindSafe(call)) {
            Ok(there) => assert!(is_plain && there == id),
            Err(panic) => {
                let message = panic.downcast_ref::<&str>().unwrap();
                assert!(message.contains("for plain threads"), "{message}");
            }
        }
    });
}

#[test]
fn the_runtime_of_a_test_ends_with_it() {
    struct Dropped(mpsc::Sender<()>);
    impl Drop for Dropped {
        fn drop(&mut self) {
            self.0.send(()).unwrap();
        }
    }
    let _watch = watch(&test_name());
    let (sender, dropped) = mpsc::channel();
    let theirs = current_thread();
    let id = theirs.handle().id();
    let code = || {
        block_on(async {
            tokio::spawn(async {
                let _dropped = Dropped(sender);
                std::future::pending::<()>().await;
            });
            tokio::task::yield_now().await;
        });
        std::panic::resume_unwind(Box::new("on purpose"));
    };
    let panic = catch_unwind(AssertUnwindSafe(|| on_runtime(theirs, code)));
    let panic = panic.map(|never: ()| never).unwrap_err();
    assert_eq!(panic.downcast_ref(), Some(&"on purpose"));
    dropped.recv().unwrap();
    assert_ne!(runtime_sync(), id);
    assert_ne!(runtime_elsewhere_sync(), id);
}
