//! Streams read by sync code.

#![cfg(feature = "stream")]

mod deadline;

use deadline::{test_name, watch};
use futures_util::StreamExt as _;
use futures_util::stream::{self, Stream};
use std::future::poll_fn;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::runtime::{Builder, Handle};
use tokio::time::sleep;

/// Counts upwards for ever, with timers, tasks and something that is not `Send`; counts what it has made.
fn numbers(made: Arc<AtomicUsize>) -> impl Stream<Item = usize> {
    let start = Rc::new(0);
    stream::unfold(start, move |last| {
        let made = Arc::clone(&made);
        async move {
            sleep(Duration::from_millis(1)).await;
            tokio::task::yield_now().await;
            made.fetch_add(1, Ordering::SeqCst);
            let task = tokio::spawn(async { 1 });
            let next = *last + task.await.expect("it does not panic");
            Some((*last, Rc::new(next)))
        }
    })
}

#[test]
fn items_come_one_at_a_time_and_the_context_may_change_in_between() {
    let _watch = watch(&test_name());
    let made = Arc::new(AtomicUsize::new(0));
    let mut items = sync_twin::iter(numbers(Arc::clone(&made)));
    assert_eq!(made.load(Ordering::SeqCst), 0);
    assert_eq!(items.next(), Some(0));
    assert_eq!(made.load(Ordering::SeqCst), 1);

    let current_thread = Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("it starts");
    current_thread.block_on(async { assert_eq!(items.next(), Some(1)) });
    let multi_thread = Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("it starts");
    multi_thread.block_on(async { assert_eq!(items.next(), Some(2)) });
    assert_eq!(items.by_ref().take(3).collect::<Vec<_>>(), [3, 4, 5]);
    assert_eq!(made.load(Ordering::SeqCst), 6);
}

/// Says when it is dropped, and whether a runtime was there.
struct Fuse {
    left: usize,
    dropped: Arc<AtomicUsize>,
}

impl Stream for Fuse {
    type Item = ();

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<()>> {
        self.left = self.left.checked_sub(1).expect("not polled after its end");
        Poll::Ready((self.left > 0).then_some(()))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left - 1, Some(self.left - 1))
    }
}

impl Drop for Fuse {
    fn drop(&mut self) {
        assert!(Handle::try_current().is_ok());
        self.dropped.fetch_add(1, Ordering::SeqCst);
    }
}

#[test]
fn the_stream_stays_after_its_end_and_is_dropped_once_in_a_context() {
    let _watch = watch(&test_name());
    let dropped = Arc::new(AtomicUsize::new(0));
    let fuse = |left| {
        sync_twin::iter(Fuse {
            left,
            dropped: Arc::clone(&dropped),
        })
    };
    let mut ended = fuse(3);
    assert_eq!(ended.size_hint(), (2, Some(2)));
    assert_eq!(ended.by_ref().count(), 2);
    assert_eq!((ended.next(), ended.size_hint()), (None, (0, Some(0))));
    assert_eq!(ended.next_timeout(Duration::ZERO), Ok(None));
    assert_eq!(ended.get_ref().left, 0);
    // What is done to the stream does not begin it again.
    ended.get_mut().left = 3;
    assert_eq!(ended.next(), None);
    assert_eq!(dropped.load(Ordering::SeqCst), 0);
    drop(ended);
    assert_eq!(dropped.load(Ordering::SeqCst), 1);

    let mut given_up = fuse(3);
    given_up.next();
    drop(given_up);
    assert_eq!(dropped.load(Ordering::SeqCst), 2);
}

#[test]
fn the_stream_is_lent_and_given_back() {
    let _watch = watch(&test_name());
    let mut numbers = sync_twin::iter(stream::iter([1, 2, 3]));
    assert_eq!(numbers.get_ref().size_hint(), (3, Some(3)));
    assert_eq!(numbers.next(), Some(1));
    assert_eq!(sync_twin::block_on(numbers.get_mut().next()), Some(2));
    let mut rest = numbers.into_inner();
    assert_eq!(sync_twin::block_on(rest.next()), Some(3));

    // One that is not `Unpin`, before and after it has been polled.
    let made = Arc::new(AtomicUsize::new(0));
    let mut fresh = sync_twin::iter(numbers_of(&made)).into_pinned();
    assert_eq!(sync_twin::block_on(fresh.next()), Some(0));
    let mut used = sync_twin::iter(numbers_of(&made));
    assert_eq!(used.next(), Some(0));
    assert_eq!(sync_twin::block_on(used.get_mut().next()), Some(1));
    assert_eq!(sync_twin::block_on(used.into_pinned().next()), Some(2));
}

fn numbers_of(made: &Arc<AtomicUsize>) -> impl Stream<Item = usize> + use<> {
    numbers(Arc::clone(made))
}

/// In each place a limit passes while the stream is in the middle of something, and the item comes later.
#[test]
fn a_limit_that_passes_loses_nothing() {
    let _watch = watch(&test_name());
    let in_a_place = || {
        let (sender, receiver) = tokio::sync::mpsc::channel(9);
        // What has been received would be lost with the future that waits.
        let pairs = stream::unfold(receiver, async |mut receiver| {
            let first: usize = receiver.recv().await?;
            let second: usize = receiver.recv().await?;
            Some(((first, second), receiver))
        });
        let mut pairs = sync_twin::iter(pairs);
        sender.try_send(1).unwrap();
        let late = pairs.next_timeout(Duration::from_millis(2)).unwrap_err();
        let place = (late.location().file(), late.location().line());
        assert_eq!(place, (file!(), line!() - 2));
        assert!(pairs.next_timeout(Duration::ZERO).is_err());
        sender.try_send(2).unwrap();
        assert_eq!(pairs.next_timeout(Duration::MAX), Ok(Some((1, 2))));
        drop(sender);
        assert_eq!(pairs.next_timeout(Duration::ZERO), Ok(None));
        assert_eq!(pairs.next(), None);
    };
    in_a_place();
    let current_thread = Builder::new_current_thread().build().expect("it starts");
    current_thread.block_on(async { in_a_place() });
    let multi_thread = Builder::new_multi_thread().build().expect("it starts");
    multi_thread.block_on(async { in_a_place() });
    let task = async move { tokio::spawn(async move { in_a_place() }).await };
    multi_thread.block_on(task).expect("it does not panic");
}

/// A panic of the stream passes through, and leaves it where it was.
#[test]
fn a_stream_that_panics() {
    let _watch = watch(&test_name());
    let mut left = 3;
    let mut numbers = sync_twin::iter(stream::poll_fn(move |_| {
        left -= 1;
        assert!(left != 1, "on purpose");
        Poll::Ready((left > 0).then_some(left))
    }));
    assert_eq!(numbers.next(), Some(2));
    let call = std::panic::AssertUnwindSafe(|| numbers.next());
    assert!(std::panic::catch_unwind(call).is_err());
    assert_eq!(numbers.next(), None);
}

#[test]
fn a_stream_that_borrows() {
    let _watch = watch(&test_name());
    let words = String::from("to be or");
    let borrowed = stream::iter(words.split(' '));
    assert_eq!(
        sync_twin::iter(borrowed).collect::<Vec<_>>(),
        ["to", "be", "or"]
    );
    let never = sync_twin::iter(stream::poll_fn(|_| Poll::<Option<u8>>::Pending));
    drop(never);
    sync_twin::block_on(poll_fn(|_| Poll::Ready(())));
}
