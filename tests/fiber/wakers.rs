//! A task's waker may change between two polls. What waits on a fiber's stack has to know the last one.

use crate::work::*;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::sync::atomic::Ordering::SeqCst;
use std::sync::atomic::{AtomicBool, AtomicUsize};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use sync_twin::{block_on, fiber};
use tokio::sync::oneshot;

/// A future that keeps the waker of its last poll.
#[derive(Clone, Default)]
struct Event(Arc<Mutex<(bool, Option<Waker>)>>);

impl Event {
    fn set(&self) {
        let waker = {
            let mut state = self.0.lock().unwrap();
            state.0 = true;
            state.1.take()
        };
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    fn poll(&self, cx: &mut Context<'_>) -> Poll<()> {
        let mut state = self.0.lock().unwrap();
        if state.0 {
            return Poll::Ready(());
        }
        state.1 = Some(cx.waker().clone());
        Poll::Pending
    }
}

/// The fiber is suspended in the middle of the outer call's poll, by a call that is made in there. By then the outer future has
/// kept the waker of a task that gives the fiber away.
#[test]
fn of_a_poll_that_was_suspended_in_its_middle() {
    let _watch = watch(&test_name());
    let runtime = current_thread();
    let _entered = runtime.enter();
    let event = Event::default();
    let (sender, receiver) = oneshot::channel();
    let waited_for = event.clone();
    let mut code = fiber(move || {
        let mut inner = Some(receiver);
        block_on(poll_fn(move |cx| {
            // It is kept first, and then a call is made.
            let polled = waited_for.poll(cx);
            if let Some(receiver) = inner.take() {
                assert_eq!(receive_sync(receiver), 1);
            }
            polled
        }));
    });
    let (first, first_waker) = Counting::new();
    assert!(poll_with(&mut code, &first_waker).is_pending());
    drop(first_waker);
    sender.send(1).expect("the inner call waits");
    let woken_for_inner = first.wakes();
    assert_eq!(woken_for_inner, 1);
    // Another task goes on with it.
    let (second, second_waker) = Counting::new();
    assert!(poll_with(&mut code, &second_waker).is_pending());
    event.set();
    assert_eq!(
        first.wakes(),
        woken_for_inner,
        "nobody polls it for that task"
    );
    assert_eq!(second.wakes(), 1, "this task is to be woken");
    assert!(poll_with(&mut code, &second_waker).is_ready());
}

/// The same, with the `Context` itself used after the suspension: it must not be that of a poll which has returned.
#[test]
fn used_after_the_suspension_in_its_middle() {
    let _watch = watch(&test_name());
    let runtime = current_thread();
    let _entered = runtime.enter();
    let event = Event::default();
    let (sender, receiver) = oneshot::channel();
    let waited_for = event.clone();
    let mut code = fiber(move || {
        let mut inner = Some(receiver);
        block_on(poll_fn(move |cx| {
            if let Some(receiver) = inner.take() {
                assert_eq!(receive_sync(receiver), 1);
            }
            waited_for.poll(cx)
        }));
    });
    {
        let (_, waker) = Counting::new();
        let mut cx = Context::from_waker(&waker);
        assert!(Pin::new(&mut code).poll(&mut cx).is_pending());
    }
    sender.send(1).expect("the inner call waits");
    let (second, waker) = Counting::new();
    assert!(poll_with(&mut code, &waker).is_pending());
    event.set();
    assert_eq!(second.wakes(), 1, "this task is to be woken");
    assert!(poll_with(&mut code, &waker).is_ready());
}

#[test]
fn of_a_task_that_has_taken_the_fiber_over() {
    let _watch = watch(&test_name());
    let (sender, receiver) = oneshot::channel();
    let mut code = fiber(move || receive_sync(receiver));
    current_thread().block_on(async {
        assert!(poll_with(&mut code, Waker::noop()).is_pending());
    });
    // Elsewhere, in another runtime, and in none.
    multi_thread().block_on(async {
        assert!(poll_with(&mut code, Waker::noop()).is_pending());
    });
    assert!(poll_with(&mut code, Waker::noop()).is_pending());
    let (counting, waker) = Counting::new();
    assert!(poll_with(&mut code, &waker).is_pending());
    sender.send(9).expect("somebody waits");
    assert_eq!(counting.wakes(), 1);
    assert_eq!(poll_with(&mut code, &waker), Poll::Ready(9));
}

/// Panics the first time.
fn panics_once() -> Box<dyn Fn() + Send + Sync> {
    let is_first = AtomicBool::new(true);
    Box::new(move || {
        if is_first.swap(false, SeqCst) {
            resume_unwind(Box::new("of the waker"));
        }
    })
}

/// The code has not begun then. It is to begin with the next poll, and has to know that one's waker, which is the same.
#[test]
fn whose_clone_panics_when_the_fiber_begins() {
    let _watch = watch(&test_name());
    let runtime = current_thread();
    let _entered = runtime.enter();
    let hooked = Hooked {
        on_clone: panics_once(),
        ..Hooked::default()
    };
    let wakes = Arc::clone(&hooked.wakes);
    let waker = hooked.waker();
    let (sender, receiver) = oneshot::channel();
    let mut code = fiber(move || receive_sync(receiver));
    let caught = catch_unwind(AssertUnwindSafe(|| poll_with(&mut code, &waker)));
    assert_eq!(
        caught.expect_err("it panics").downcast_ref(),
        Some(&"of the waker")
    );
    assert!(poll_with(&mut code, &waker).is_pending());
    sender.send(3).expect("the call waits");
    assert_eq!(wakes.load(SeqCst), 1);
    assert_eq!(poll_with(&mut code, &waker), Poll::Ready(3));
}

/// Code that has not begun is not run when its fiber is dropped. What it owns is, with calls that block.
#[test]
fn whose_clone_panics_before_the_fiber_is_dropped() {
    let _watch = watch(&test_name());
    struct Closes(Arc<AtomicUsize>);
    impl Drop for Closes {
        fn drop(&mut self) {
            self.0.fetch_add(usize::from(nap_sync()), SeqCst);
        }
    }
    let closed = Arc::new(AtomicUsize::new(0));
    let closes = Closes(Arc::clone(&closed));
    let has_run = Arc::new(AtomicBool::new(false));
    let runs = Arc::clone(&has_run);
    let hooked = Hooked {
        on_clone: panics_once(),
        ..Hooked::default()
    };
    let waker = hooked.waker();
    let mut code = fiber(move || {
        let _closes = closes;
        runs.store(true, SeqCst);
    });
    let caught = catch_unwind(AssertUnwindSafe(|| poll_with(&mut code, &waker)));
    assert!(caught.is_err());
    drop(code);
    assert!(!has_run.load(SeqCst));
    assert_eq!(closed.load(SeqCst), 7);
}

/// Each waker ends on the fiber's stack, or here: nobody is to hear of it there.
#[test]
fn whose_end_panics() {
    let _watch = watch(&test_name());
    let runtime = current_thread();
    let _entered = runtime.enter();
    let is_armed = Arc::new(AtomicBool::new(true));
    let waker = || {
        let is_armed = Arc::clone(&is_armed);
        let hooked = Hooked {
            on_drop: Box::new(move || {
                if is_armed.load(SeqCst) && !std::thread::panicking() {
                    resume_unwind(Box::new("of the waker"));
                }
            }),
            ..Hooked::default()
        };
        hooked.waker()
    };
    let (one, two) = (waker(), waker());
    // It ends at once; after a suspension; with another waker; and unwinds.
    assert_eq!(poll_with(&mut fiber(|| 1), &one), Poll::Ready(1));
    let yields = || fiber(|| yields_once_sync());
    for next in [&one, &two] {
        let mut code = yields();
        assert!(poll_with(&mut code, &one).is_pending());
        assert_eq!(poll_with(&mut code, next), Poll::Ready(1));
        let mut code = yields();
        assert!(poll_with(&mut code, &one).is_pending());
        drop(code);
    }
    let mut code = fiber(|| yields_twice_sync());
    assert!(poll_with(&mut code, &one).is_pending());
    assert!(poll_with(&mut code, &two).is_pending());
    drop(code);
    is_armed.store(false, SeqCst);
}

/// The fiber is dropped in a call inside the poll of another one, whose waker ends then.
#[test]
fn whose_end_panics_while_the_fiber_unwinds() {
    let _watch = watch(&test_name());
    let runtime = current_thread();
    let _entered = runtime.enter();
    let ends = Arc::new(AtomicUsize::new(0));
    let waker = || {
        let ends = Arc::clone(&ends);
        let hooked = Hooked {
            on_drop: Box::new(move || {
                if ends.fetch_add(1, SeqCst) < 4 {
                    resume_unwind(Box::new("of the waker"));
                }
            }),
            ..Hooked::default()
        };
        hooked.waker()
    };
    let wakers = [(); 3].map(|()| waker());
    let mut code = fiber(|| {
        yields_once_sync();
        // In the poll with the second waker, the third one comes.
        sync_twin::block_on(async { _ = yields_twice_sync() });
    });
    for waker in &wakers {
        assert!(poll_with(&mut code, waker).is_pending());
    }
    drop(code);
    // Their clones.
    assert_eq!(ends.load(SeqCst), 3);
    ends.store(4, SeqCst);
}

/// Suspends without a waker of its own.
#[sync_twin::sync_wrapper]
async fn yields_once() -> u8 {
    pending_once().await;
    1
}

#[sync_twin::sync_wrapper]
async fn yields_twice() -> u8 {
    pending_once().await;
    pending_once().await;
    2
}

async fn pending_once() {
    let mut polls = 0;
    poll_fn(move |_| {
        polls += 1;
        if polls == 1 {
            Poll::Pending
        } else {
            Poll::Ready(())
        }
    })
    .await;
}
