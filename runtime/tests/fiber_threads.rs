//! How fibers on threads of sync-twin's own end with it. A program of its own, since that is the end for everybody.

#![cfg(feature = "fiber")]

mod deadline;

use deadline::{test_name, watch};
use std::future::{Future, pending};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, mpsc};
use std::task::{Context, Waker};
use std::time::Duration;
use sync_twin::{block_on, shutdown, to_fiber};
use tokio::time::sleep;

/// Begins it, for nobody.
fn begin<F: Future + ?Sized>(code: Pin<&mut F>) {
    let mut cx = Context::from_waker(Waker::noop());
    assert!(code.poll(&mut cx).is_pending());
}

#[test]
fn they_end_or_are_unwound() {
    let _watch = watch(&test_name());
    // Those that end are waited for.
    let mut naps = pin!(to_fiber(|| {
        block_on(async { sleep(Duration::from_millis(20)).await });
        5
    }));
    begin(naps.as_mut());
    let leftovers = shutdown(Duration::from_secs(60));
    assert!(leftovers.is_empty(), "{leftovers}");
    assert_eq!(block_on(naps), 5);

    // Others are unwound. Their destructors may call.
    struct Tells(mpsc::Sender<u8>);
    impl Drop for Tells {
        fn drop(&mut self) {
            block_on(async { sleep(Duration::from_millis(1)).await });
            self.0.send(7).expect("somebody listens");
        }
    }
    let (sender, told) = mpsc::channel();
    let (begins, begun) = mpsc::channel();
    let mut never = Box::pin(to_fiber(move || {
        let _tells = Tells(sender);
        begins.send(()).expect("somebody listens");
        block_on(pending::<()>());
    }));
    begin(never.as_mut());
    begun.recv().expect("it begins");
    let leftovers = shutdown(Duration::from_millis(20));
    assert_eq!(leftovers.tasks(), 1, "{leftovers}");
    assert_eq!(leftovers.threads(), 0, "{leftovers}");
    assert_eq!(told.recv(), Ok(7));
    let ended = catch_unwind(AssertUnwindSafe(|| block_on(never)));
    let panic = ended.expect_err("it has no output");
    let message = panic.downcast_ref::<&str>().expect("a message");
    assert!(message.contains("shut down"), "{message}");

    // Also those whose turn has not come: their thread is busy with another one.
    let (go_on, told_to) = mpsc::channel::<()>();
    let busy = to_fiber(move || _ = told_to.recv());
    let mut all = vec![Box::pin(busy) as Pin<Box<dyn Future<Output = ()>>>];
    all.extend((0..100).map(|_| Box::pin(to_fiber(|| block_on(pending()))) as _));
    all.iter_mut().for_each(|code| begin(code.as_mut()));
    let ends = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(100));
        drop(go_on);
    });
    let leftovers = shutdown(Duration::from_millis(20));
    assert_eq!(leftovers.tasks(), 101, "{leftovers}");
    ends.join().expect("it does not panic");
    for code in all.drain(1..) {
        assert!(catch_unwind(AssertUnwindSafe(|| block_on(code))).is_err());
    }

    // What those own may panic when it is dropped, and keeps nothing else from ending.
    struct Bomb;
    impl Drop for Bomb {
        fn drop(&mut self) {
            resume_unwind(Box::new("of the bomb"));
        }
    }
    let (go_on, told_to) = mpsc::channel::<()>();
    let told_to = Arc::new(Mutex::new(told_to));
    // One for each thread at least, then those that wait for them.
    let mut all: Vec<_> = (0..100)
        .map(|_| {
            let (bomb, told_to) = (Bomb, Arc::clone(&told_to));
            Box::pin(to_fiber(move || {
                let bomb = std::mem::ManuallyDrop::new(bomb);
                let _ = told_to.lock().map(|told| told.recv());
                let _ = bomb;
            }))
        })
        .collect();
    all.iter_mut().for_each(|code| begin(code.as_mut()));
    let ends = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(100));
        drop(go_on);
    });
    let leftovers = shutdown(Duration::from_millis(20));
    assert!(leftovers.tasks() >= 100, "{leftovers}");
    assert_eq!(leftovers.threads(), 0, "{leftovers}");
    ends.join().expect("it does not panic");
    for code in all {
        let _ = catch_unwind(AssertUnwindSafe(|| block_on(code)));
    }

    // What comes then begins afresh.
    assert_eq!(block_on(to_fiber(|| block_on(async { 6 }))), 6);
    let leftovers = shutdown(Duration::from_secs(60));
    assert!(leftovers.is_empty(), "{leftovers}");
}
