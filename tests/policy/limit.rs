//! The limit that the process sets on how long a call may take.

use crate::child::Child;
use std::future::pending;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::thread;
use std::time::Duration;
use sync_twin::{
    Context, Strategy, batch, block_on, fiber, iter, metrics, shutdown, spawn, sync_wrapper,
    to_thread,
};
use sync_twin_tests::harness::places::{PLACES, Place};
use sync_twin_tests::harness::runtimes::current_thread;
use tokio::runtime::{Handle, Runtime};
use tokio::time::sleep;

/// A process whose calls may take so long.
fn limited<'a>(test: &'a str, milliseconds: &'static str) -> Child<'a> {
    Child::new(test).with("SYNC_TWIN_TIME_LIMIT", milliseconds)
}

/// Longer than the limit, and short enough to wait for.
const LONG: Duration = Duration::from_millis(300);

/// Counts drops.
struct Counted(Arc<AtomicUsize>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_add(1, SeqCst);
    }
}

#[sync_wrapper]
async fn silent(counted: Counted) {
    pending::<()>().await;
    drop(counted);
}

#[sync_wrapper]
async fn silent_in_place(_not_send: Rc<u8>, counted: Counted) {
    pending::<()>().await;
    drop(counted);
}

#[sync_wrapper(isolation = "always")]
async fn silent_isolated(counted: Counted) {
    pending::<()>().await;
    drop(counted);
}

#[sync_wrapper(flavor = "current_thread")]
async fn silent_in_home(counted: Counted) {
    pending::<()>().await;
    drop(counted);
}

/// It never waits, but a budget lets others have their turn.
#[sync_wrapper(flavor = "multi_thread")]
async fn busy(counted: Counted) {
    loop {
        tokio::task::consume_budget().await;
        let _ = &counted;
    }
}

#[sync_wrapper(runtime = _runtime)]
async fn silent_in_lent(_runtime: &Runtime, counted: Counted) {
    pending::<()>().await;
    drop(counted);
}

#[sync_wrapper(runtime = _runtime)]
async fn silent_in_handle(_runtime: &Handle, counted: Counted) {
    pending::<()>().await;
    drop(counted);
}

/// One whose timers are off.
fn without_timers() -> Runtime {
    tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap()
}

type Call = (&'static str, fn(Counted));

const CALLS: [Call; 7] = [
    ("in auto", |counted| silent_sync(counted)),
    ("in place", |counted| {
        silent_in_place_sync(Rc::new(1), counted)
    }),
    ("isolated", |counted| silent_isolated_sync(counted)),
    ("in home", |counted| silent_in_home_sync(counted)),
    ("busy", |counted| busy_sync(counted)),
    ("lent", |counted| {
        // Not dropped inside a runtime, where that panics.
        let runtime = Arc::new(without_timers());
        let kept = Arc::clone(&runtime);
        thread::spawn(move || {
            thread::sleep(Duration::from_secs(3600));
            drop(kept);
        });
        silent_in_lent_sync(&runtime, counted);
    }),
    ("handle", |counted| {
        let runtime = Box::leak(Box::new(without_timers()));
        silent_in_handle_sync(runtime.handle(), counted);
    }),
];

/// The future is dropped, the panic says where, and the next call works.
#[test]
fn every_kind_of_call_ends() {
    limited("limit::every_kind_of_call_ends", "50").run(|| {
        for (name, call) in CALLS {
            for place in PLACES {
                let at = format!("{name}, {place:?}");
                let dropped = Arc::new(AtomicUsize::new(0));
                let counted = Counted(Arc::clone(&dropped));
                let outcome = place.run(move || {
                    let outcome = catch_unwind(AssertUnwindSafe(|| call(counted)));
                    assert_eq!(quick_sync(), 7);
                    outcome
                });
                let panic = outcome.expect_err(&at);
                let said = panic.downcast_ref::<String>().expect("a message of ours");
                assert!(
                    said.contains("did not complete within 50ms"),
                    "{at}: {said}"
                );
                assert!(said.contains("limit.rs:"), "{at}: {said}");
                assert_eq!(dropped.load(SeqCst), 1, "{at}");
            }
        }
    });
}

/// A call that suspends a fiber ends as others do, and so does one that cannot.
#[test]
fn every_kind_of_call_ends_in_a_fiber() {
    limited("limit::every_kind_of_call_ends_in_a_fiber", "50").run(|| {
        for (name, call) in CALLS {
            let dropped = Arc::new(AtomicUsize::new(0));
            let counted = Counted(Arc::clone(&dropped));
            let outcome = current_thread().block_on(fiber(move || {
                let outcome = catch_unwind(AssertUnwindSafe(|| call(counted)));
                assert_eq!(quick_sync(), 7);
                outcome
            }));
            let panic = outcome.expect_err(name);
            let said = panic.downcast_ref::<String>().expect("a message of ours");
            assert!(
                said.contains("did not complete within 50ms"),
                "{name}: {said}"
            );
            assert!(said.contains("limit.rs:"), "{name}: {said}");
            assert_eq!(dropped.load(SeqCst), 1, "{name}");
        }
    });
}

#[sync_wrapper]
async fn quick() -> u8 {
    tokio::task::yield_now().await;
    7
}

#[sync_wrapper(timeout = Duration::from_secs(3600))]
async fn patient() {
    sleep(LONG).await;
}

#[sync_wrapper]
fn slow_numbers() -> impl futures::Stream<Item = u8> {
    futures::stream::once(async {
        sleep(LONG).await;
        7
    })
}

#[sync_wrapper]
async fn slow_result() -> Result<impl futures::Stream<Item = u8>, ()> {
    Ok(slow_numbers())
}

mod program {
    use super::{LONG, sleep, sync_wrapper};

    #[sync_wrapper(name = main)]
    pub(super) async fn run() {
        sleep(LONG).await;
    }
}

/// What may take long takes as long as it likes.
#[test]
fn what_has_no_limit() {
    limited("limit::what_has_no_limit", "50").run(|| {
        assert_eq!(patient_sync(), Ok(()));
        program::main();
        assert_eq!(slow_numbers_sync().next(), Some(7));
        assert_eq!(slow_result_sync().unwrap().next(), Some(7));
        block_on(sleep_long());
        batch([sleep_long()]).run();
        spawn(sleep_long()).join();
        assert_eq!(iter(Box::pin(slow_numbers())).next(), Some(7));
    });
}

async fn sleep_long() {
    sleep(LONG).await;
}

/// At the end of a thread this is isolated.
#[sync_wrapper]
async fn slow_isolated() {
    sleep(LONG).await;
}

#[sync_wrapper]
async fn slow() {
    sleep(LONG).await;
}

/// A panic there would end the process.
#[test]
fn while_unwinding_and_at_thread_exit_it_goes_on() {
    struct OnDrop;
    impl Drop for OnDrop {
        fn drop(&mut self) {
            slow_sync();
            Place::Driver.run(slow_sync);
        }
    }
    struct AtExit;
    impl Drop for AtExit {
        fn drop(&mut self) {
            slow_isolated_sync();
        }
    }
    thread_local! {
        static AT_EXIT: AtExit = const { AtExit };
    }
    limited("limit::while_unwinding_and_at_thread_exit_it_goes_on", "50").run(|| {
        let outcome = thread::spawn(|| {
            let _on_drop = OnDrop;
            panic!("as it was to be");
        })
        .join();
        assert!(outcome.is_err());
        current_thread().block_on(async {
            let outcome = catch_unwind(|| {
                struct InPlace;
                impl Drop for InPlace {
                    fn drop(&mut self) {
                        slow_sync();
                    }
                }
                let _in_place = InPlace;
                panic!("as it was to be");
            });
            assert!(outcome.is_err());
        });
        thread::spawn(|| AT_EXIT.with(|_| quick_sync()))
            .join()
            .unwrap();
    });
}

/// It is off by default, and `off` turns one off that the program has.
#[test]
fn off() {
    limited("limit::off", "off").run(|| {
        sync_twin::Builder::new()
            .time_limit(Duration::from_millis(50))
            .install()
            .unwrap();
        slow_sync();
        assert!(shutdown(Duration::from_secs(10)).is_empty());
    });
}

/// A task drops the future of a call that it serves too long, serves the next one, and goes on itself meanwhile.
#[test]
fn a_call_that_a_task_serves() {
    limited("limit::a_call_that_a_task_serves", "50").run(|| {
        let runtime = current_thread();
        for is_local in [false, true] {
            let dropped = Arc::new(AtomicUsize::new(0));
            let counted = Counted(Arc::clone(&dropped));
            let code = move || {
                let outcome = catch_unwind(AssertUnwindSafe(|| silent_sync(counted)));
                assert_eq!(dropped.load(SeqCst), 1);
                assert_eq!(quick_sync(), 7);
                // sync-twin's own `block_on` has no limit.
                block_on(sleep(LONG));
                outcome
            };
            let served = metrics().calls(Context::Served, Strategy::Served);
            let outcome = runtime.block_on(async {
                let mut turns = 0;
                let code = async {
                    if is_local {
                        to_thread(code).serve_local().await
                    } else {
                        to_thread(code).serve().await
                    }
                };
                tokio::pin!(code);
                let outcome = loop {
                    tokio::select! {
                        outcome = &mut code => break outcome,
                        () = sleep(Duration::from_millis(1)) => turns += 1,
                    }
                };
                assert!(turns > 0);
                outcome
            });
            let panic = outcome.unwrap_err();
            let said = panic.downcast_ref::<String>().expect("a message of ours");
            assert!(said.contains("did not complete within 50ms"), "{said}");
            assert!(said.contains("limit.rs:"), "{said}");
            let served = metrics().calls(Context::Served, Strategy::Served) - served;
            assert_eq!(served, 2, "both calls");
        }
    });
}

/// One that never ends is no limit.
#[test]
fn an_endless_limit() {
    Child::new("limit::an_endless_limit").run(|| {
        sync_twin::Builder::new()
            .time_limit(Duration::MAX)
            .install()
            .unwrap();
        for place in PLACES {
            place.run(slow_sync);
        }
    });
}
