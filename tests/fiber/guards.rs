//! Code that is suspended while it holds what it should not, and what nobody can see: it must harm nobody else. Mostly the guard of
//! an `enter()` of the very runtime in which it runs.

use crate::work::*;
use futures::executor;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc;
use std::time::Duration;
use sync_twin::{block_on, fiber, to_fiber};
use tokio::runtime::{Handle, Id};
use tokio::task::LocalSet;

/// Enters the runtime in which it is, and waits meanwhile. Returns where it was.
fn nap_in_here() -> [Id; 3] {
    let id = || Handle::current().id();
    let here = Handle::current();
    let before = id();
    let entered = here.enter();
    assert_eq!(nap_sync(), 7);
    let meanwhile = id();
    drop(entered);
    assert_eq!(nap_sync(), 7);
    [before, meanwhile, id()]
}

fn are_all(ids: [Id; 3], expected: Id) {
    assert_eq!(ids, [expected; 3]);
}

#[test]
fn in_a_task() {
    let _watch = watch(&test_name());
    let runtime = current_thread();
    let id = runtime.handle().id();
    runtime.block_on(async {
        let other = async {
            for _ in 0..10 {
                tokio::time::sleep(Duration::from_millis(1)).await;
                assert_eq!(Handle::current().id(), id);
            }
        };
        let (ids, ()) = tokio::join!(fiber(nap_in_here), other);
        are_all(ids, id);
    });
    assert!(Handle::try_current().is_err());
}

/// Here the runtime is the crew, which is entered for each poll.
#[test]
fn outside_tokio() {
    let _watch = watch(&test_name());
    let crew = || block_on(to_fiber(|| Handle::current().id()));
    are_all(executor::block_on(fiber(nap_in_here)), crew());
    // The thread goes on as before, or in the crew.
    assert_eq!(nap_sync(), 7);
    are_all(executor::block_on(fiber(nap_in_here)), crew());
    let dropped = catch_unwind(AssertUnwindSafe(|| {
        let mut code = fiber(nap_in_here);
        assert!(poll_with(&mut code, std::task::Waker::noop()).is_pending());
    }));
    assert!(dropped.is_ok());
    assert_eq!(current_thread().block_on(fiber(nap_sync)), 7);
}

#[test]
fn on_a_fiber_thread() {
    let _watch = watch(&test_name());
    let crew = block_on(to_fiber(|| Handle::current().id()));
    are_all(block_on(to_fiber(nap_in_here)), crew);
    goes_on();
}

/// Of two such, tokio ends the one that leaves in the wrong order.
#[test]
fn two_on_a_fiber_thread() {
    let _watch = watch(&test_name());
    // More than there are threads.
    let (begins, begun) = mpsc::channel();
    let mut waiting = Vec::new();
    let mut go_on = Vec::new();
    for _ in 0..50 {
        let (sender, receiver) = tokio::sync::oneshot::channel();
        let begins = begins.clone();
        let code = to_fiber(move || {
            let here = Handle::current();
            let _entered = here.enter();
            begins.send(()).expect("somebody listens");
            receive_sync::<()>(receiver);
        });
        waiting.push(std::thread::spawn(move || block_on(code)));
        go_on.push(sender);
        begun.recv().expect("it begins");
    }
    for sender in go_on {
        sender.send(()).expect("it waits");
    }
    for code in waiting {
        if let Err(panic) = code.join() {
            let message = panic.downcast_ref::<&str>().expect("a message");
            assert!(message.contains("out of order"), "{message}");
        }
    }
    goes_on();
}

/// The fiber threads serve others as before.
fn goes_on() {
    let crew = block_on(to_fiber(|| Handle::current().id()));
    for _ in 0..10 {
        let ids = block_on(to_fiber(|| {
            assert_eq!(nap_sync(), 7);
            Handle::current().id()
        }));
        assert_eq!(ids, crew);
    }
}

/// The borrow of a task-local, which is to be moved out of the thread when the task is suspended: tokio panics there, in that task.
#[test]
fn the_borrow_of_a_task_local() {
    let _watch = watch(&test_name());
    tokio::task_local!(static KEY: u8);
    let set = LocalSet::new();
    let borrows = set.spawn_local(KEY.scope(1, fiber(|| KEY.with(|_| nap_sync()))));
    let other = set.spawn_local(async {
        for _ in 0..5 {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        fiber(nap_sync).await
    });
    let both = set.run_until(async { (borrows.await, other.await) });
    let (borrows, other) = current_thread().block_on(both);
    assert!(borrows.expect_err("it panics").is_panic());
    assert_eq!(other.expect("it does not"), 7);
}
