//! Streams become iterators. For one that reads from a socket, see `tail`.

use crate::pause;
use crate::places::{current_thread, in_every_place};
use futures_util::StreamExt as _;
use futures_util::stream::{self, BoxStream, LocalBoxStream, Stream};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use sync_twin::sync_wrapper;

fn up_to(end: u8) -> impl Stream<Item = u8> + Send {
    stream::iter(0..end)
        .then(async |n| {
            pause().await;
            n
        })
        .boxed()
}

#[sync_wrapper]
pub fn bare(end: u8) -> impl Stream<Item = u8> {
    up_to(end)
}

#[sync_wrapper]
pub async fn awaited(end: u8) -> impl Stream<Item = u8> {
    pause().await;
    up_to(end)
}

#[sync_wrapper]
pub async fn in_result(end: u8) -> Result<impl Stream<Item = u8> + Send, String> {
    pause().await;
    if end == 0 {
        return Err(String::from("empty"));
    }
    Ok(up_to(end))
}

#[sync_wrapper]
pub async fn in_option<'a, T>(items: &'a [T]) -> Option<impl Stream<Item = &'a T> + use<'a, T>> {
    pause().await;
    (!items.is_empty()).then(|| stream::iter(items))
}

#[sync_wrapper]
pub fn boxed<'a>(text: &'a str) -> BoxStream<'a, char> {
    stream::iter(text.chars()).boxed()
}

#[sync_wrapper]
pub async fn boxed_in_result(text: &str) -> Result<BoxStream<'_, char>, ()> {
    Ok(stream::iter(text.chars()).boxed())
}

#[sync_wrapper]
pub fn local(item: Rc<u8>) -> LocalBoxStream<'static, Rc<u8>> {
    stream::iter([item.clone(), item]).boxed_local()
}

#[sync_wrapper]
pub fn pinned(end: u8) -> Pin<Box<dyn Stream<Item = u8> + Send>> {
    Box::pin(up_to(end))
}

#[test]
fn every_form() {
    assert_eq!(bare_sync(3).collect::<Vec<_>>(), [0, 1, 2]);
    assert_eq!(awaited_sync(3).collect::<Vec<_>>(), [0, 1, 2]);
    assert_eq!(in_result_sync(2).unwrap().sum::<u8>(), 1);
    assert_eq!(in_result_sync(0).err().as_deref(), Some("empty"));
    assert_eq!(
        in_option_sync(&['a', 'b']).unwrap().collect::<Vec<_>>(),
        [&'a', &'b']
    );
    assert!(in_option_sync::<u8>(&[]).is_none());
    assert_eq!(boxed_sync("abc").collect::<String>(), "abc");
    assert_eq!(
        boxed_in_result_sync("abc").unwrap().collect::<String>(),
        "abc"
    );
    assert_eq!(local_sync(Rc::new(4)).map(|n| *n).sum::<u8>(), 8);
    assert_eq!(pinned_sync(3).collect::<Vec<_>>(), [0, 1, 2]);
}

#[test]
fn in_all_places() {
    in_every_place(|| {
        assert_eq!(bare_sync(3).collect::<Vec<_>>(), [0, 1, 2]);
        assert_eq!(in_result_sync(2).unwrap().sum::<u8>(), 1);
        assert_eq!(sync_twin::iter(up_to(3)).last(), Some(2));
    });
}

/// Counts the items that it has made, and whether it is there.
pub struct Journal {
    pub made: Arc<AtomicUsize>,
    pub alive: Arc<()>,
}

#[sync_wrapper]
impl Journal {
    #[sync_wrapper]
    pub fn entries(&self) -> impl Stream<Item = usize> + use<> {
        let (made, alive) = (self.made.clone(), self.alive.clone());
        stream::repeat(()).then(move |()| {
            let (made, alive) = (made.clone(), alive.clone());
            async move {
                pause().await;
                drop(alive);
                made.fetch_add(1, SeqCst)
            }
        })
    }

    pub async fn borrowed(&self) -> impl Stream<Item = &Arc<()>> {
        stream::iter([&self.alive])
    }
}

#[test]
fn one_item_at_a_time_until_it_is_dropped() {
    let journal = Journal {
        made: Arc::default(),
        alive: Arc::default(),
    };
    let mut entries = journal.entries_sync();
    assert_eq!(journal.made.load(SeqCst), 0);
    assert_eq!(entries.next(), Some(0));
    assert_eq!(entries.next(), Some(1));
    assert_eq!(journal.made.load(SeqCst), 2);
    assert!(Arc::strong_count(&journal.alive) > 1);
    drop(entries);
    assert_eq!(Arc::strong_count(&journal.alive), 1);
    assert_eq!(journal.borrowed_sync().count(), 1);
}

/// `use<>` says that the stream does not borrow, and neither does the iterator.
#[test]
fn captures_are_the_same() {
    let (made, alive) = Default::default();
    let mut entries = Journal { made, alive }.entries_sync();
    assert_eq!(entries.next(), Some(0));
}

/// One `next` here, the following in a task, and the last in a current-thread runtime.
#[test]
fn from_place_to_place() {
    let mut items = sync_twin::iter(up_to(9));
    assert_eq!(items.next(), Some(0));
    let mut items = crate::places::multi_thread().block_on(async move {
        tokio::spawn(async move {
            assert_eq!(items.next(), Some(1));
            items
        })
        .await
        .unwrap()
    });
    current_thread().block_on(async { assert_eq!(items.next(), Some(2)) });
    assert_eq!(items.count(), 6);
}

/// A trait stays usable through `dyn` with a stream in it.
#[sync_wrapper]
pub trait Source {
    #[sync_wrapper]
    fn items(&self) -> BoxStream<'_, u8>;

    #[sync_wrapper]
    fn local(&self) -> LocalBoxStream<'_, u8>;
}

impl Source for Vec<u8> {
    fn items(&self) -> BoxStream<'_, u8> {
        stream::iter(self.iter().copied()).boxed()
    }

    fn local(&self) -> LocalBoxStream<'_, u8> {
        stream::iter(self.iter().rev().copied()).boxed_local()
    }
}

#[test]
fn streams_in_traits() {
    let source: Box<dyn Source> = Box::new(vec![1, 2, 3]);
    assert_eq!(source.items_sync().collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(source.local_sync().collect::<Vec<_>>(), [3, 2, 1]);
}

/// A stream that is only known by its results.
#[sync_wrapper]
pub fn fallible(to: u8) -> impl stream::TryStream<Ok = u8, Error = String> {
    stream::iter((1..=to).map(|n| if n < 3 { Ok(n) } else { Err(n.to_string()) }))
}

#[sync_wrapper(flavor = "multi_thread")]
pub async fn open_fallible(
    to: u8,
) -> Option<impl stream::TryStream<Error = String, Ok = u8> + Send> {
    crate::pause().await;
    Some(fallible_items(to))
}

fn fallible_items(to: u8) -> impl Stream<Item = Result<u8, String>> + Send {
    stream::iter((1..=to).map(Ok))
}

#[test]
fn streams_that_may_fail() {
    in_every_place(|| {
        let sum: Result<u8, String> = fallible_sync(2).sum();
        assert_eq!(sum, Ok(3));
        let sum: Result<u8, String> = fallible_sync(4).sum();
        assert_eq!(sum, Err(String::from("3")));
        let sum: Result<u8, String> = open_fallible_sync(2).unwrap().sum();
        assert_eq!(sum, Ok(3));
    });
}
