//! Where panics abort, a shutdown cannot end a call by unwinding. It must not abort either: the call is reported, and
//! `main` can return. Nor can a fiber be unwound: it is left as it is. A call that a task served goes on without the task.

use profiles::{double_sync, end_at_deadline, wait_for_ever_sync, workers};
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::mpsc;
use std::task::{Context, Waker};
use std::thread::{self, ThreadId};
use std::time::Duration;
use sync_twin::{caller, fiber, sync_wrapper, to_thread};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;
use tokio::time::sleep;

#[tokio::main]
async fn main() {
    end_at_deadline();
    drop_a_fiber();
    for drop_it in [drop_the_await, drop_the_runtime] {
        leave_a_served_call(drop_it);
    }
    println!("a call whose task has gone goes on to its end");
    // Nobody waits for this runtime but the thread that drops it.
    let runtime = workers(2);
    runtime.spawn(async { wait_for_ever_sync() });
    thread::sleep(Duration::from_millis(300));
    thread::spawn(move || drop(runtime));
    // Longer than the grace.
    sleep(Duration::from_secs(3)).await;
    println!("a shutdown aborts nothing");
}

/// Takes what serves, and whether it has begun to, and drops it while it serves.
type Drops = fn(Pin<Box<dyn Future<Output = ()> + Send>>, oneshot::Receiver<()>);

fn drop_the_await(
    mut code: Pin<Box<dyn Future<Output = ()> + Send>>,
    begun: oneshot::Receiver<()>,
) {
    runtime().block_on(async {
        tokio::select! {
            () = &mut code => unreachable!("it waits"),
            begun = begun => begun.expect("it begins"),
        }
    });
    drop(code);
}

fn drop_the_runtime(code: Pin<Box<dyn Future<Output = ()> + Send>>, begun: oneshot::Receiver<()>) {
    let runtime = runtime();
    runtime.spawn(code);
    runtime.block_on(begun).expect("it begins");
    drop(runtime);
}

fn runtime() -> Runtime {
    let mut builder = Builder::new_current_thread();
    builder.enable_all().build().expect("it starts")
}

#[sync_wrapper]
async fn answer(begun: oneshot::Sender<()>, question: oneshot::Receiver<u32>) -> (u32, ThreadId) {
    begun.send(()).expect("it listens");
    let n = question.await.expect("it is asked");
    // A timer, of whatever runtime it is now in.
    sleep(Duration::from_millis(1)).await;
    (2 * n, thread::current().id())
}

fn leave_a_served_call(drop_it: Drops) {
    let outside = thread::spawn(move || {
        let (begun, has_begun) = oneshot::channel();
        let (ask, question) = oneshot::channel();
        let (ended, outcome) = mpsc::channel();
        let code = move || {
            let caller = caller();
            let (answer, polled_by) = answer_sync(begun, question);
            assert_eq!(polled_by, thread::current().id());
            // Later calls are not ended either.
            assert!(caller.is_cancelled());
            ended.send(answer + double_sync(1)).expect("it listens");
        };
        drop_it(Box::pin(to_thread(code).serve()), has_begun);
        ask.send(20).expect("it waits");
        assert_eq!(outcome.recv(), Ok(42));
    });
    outside.join().expect("a panic would have aborted");
}

fn drop_a_fiber() {
    let value = Rc::new(());
    let held = Rc::clone(&value);
    let mut code = fiber(move || {
        wait_for_ever_sync();
        drop(held);
    });
    let mut cx = Context::from_waker(Waker::noop());
    assert!(Pin::new(&mut code).poll(&mut cx).is_pending());
    drop(code);
    assert_eq!(Rc::strong_count(&value), 2);
    // Others go on as before.
    let other = fiber(|| double_sync(2));
    assert_eq!(sync_twin::block_on(other), 4);
    println!("a fiber that is dropped is left");
}
