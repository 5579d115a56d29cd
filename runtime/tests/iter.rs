//! Streams read by sync code.

#![cfg(feature = "stream")]

mod deadline;

use deadline::{test_name, watch};
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
fn the_stream_is_dropped_once_in_a_context_when_it_ends_or_is_given_up() {
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
    assert_eq!(dropped.load(Ordering::SeqCst), 1);
    assert_eq!((ended.next(), ended.size_hint()), (None, (0, Some(0))));

    let mut given_up = fuse(3);
    given_up.next();
    drop(given_up);
    assert_eq!(dropped.load(Ordering::SeqCst), 2);
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
