//! Where panics abort, a shutdown cannot end a call by unwinding. It must not abort either: the call is reported, and
//! `main` can return. Nor can a fiber be unwound: it is left as it is.

use profiles::{double_sync, end_at_deadline, wait_for_ever_sync, workers};
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Waker};
use sync_twin::fiber;
use std::thread;
use std::time::Duration;
use tokio::time::sleep;

#[tokio::main]
async fn main() {
    end_at_deadline();
    drop_a_fiber();
    // Nobody waits for this runtime but the thread that drops it.
    let runtime = workers(2);
    runtime.spawn(async { wait_for_ever_sync() });
    thread::sleep(Duration::from_millis(300));
    thread::spawn(move || drop(runtime));
    // Longer than the grace.
    sleep(Duration::from_secs(3)).await;
    println!("a shutdown aborts nothing");
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
