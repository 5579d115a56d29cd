//! Blocking types of streams: iterators with access to the stream.

use crate::pause;
use crate::places::in_every_place;
use futures_util::stream::{self, BoxStream, Stream};
use futures_util::{StreamExt as _, TryStreamExt as _};
use std::fmt::Debug;
use std::io::{BufRead as _, Read as _};
use std::iter::FusedIterator;
use std::marker::PhantomPinned;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;
use sync_twin::{Elapsed, sync_wrapper};

/// The rows of a statement, of which every other one has to be waited for.
#[derive(Debug)]
pub struct RowStream {
    rows: Counted,
    affected: Option<u64>,
    _pinned: PhantomPinned,
}

struct Counted(BoxStream<'static, Result<Row, String>>);

impl Debug for Counted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("…")
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct Row(u64);

impl Stream for RowStream {
    type Item = Result<Row, String>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        // SAFETY: nothing is moved out, and the rows are `Unpin`.
        let this = unsafe { self.get_unchecked_mut() };
        let row = std::task::ready!(this.rows.0.poll_next_unpin(cx));
        if row.is_none() {
            this.affected = Some(7);
        }
        Poll::Ready(row)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (0, Some(9))
    }
}

impl RowStream {
    /// Known at the end.
    pub fn affected(&self) -> Option<u64> {
        self.affected
    }

    /// All that are left.
    pub async fn drain(mut self: Pin<&mut Self>) -> usize {
        let mut count = 0;
        while self.next().await.is_some() {
            count += 1;
        }
        count
    }

    pub fn boxed(self: Pin<Box<Self>>) -> BoxStream<'static, Result<Row, String>> {
        self
    }
}

pub struct Client;

impl Client {
    pub async fn query(&self, rows: u64) -> Result<RowStream, String> {
        pause().await;
        let rows = stream::iter(0..rows).then(async |n| {
            if n % 2 == 1 {
                pause().await;
            }
            match n {
                5 => Err("too many".to_owned()),
                n => Ok(Row(n)),
            }
        });
        Ok(RowStream {
            rows: Counted(rows.boxed()),
            affected: None,
            _pinned: PhantomPinned,
        })
    }
}

pub mod facade {
    use super::{Client, Row, RowStream};
    use futures_util::Stream;
    use sync_twin::sync_wrapper;

    /// A row that blocks.
    #[derive(Debug, PartialEq)]
    pub struct BlockingRow(pub Row);

    impl From<Row> for BlockingRow {
        fn from(row: Row) -> Self {
            BlockingRow(row)
        }
    }

    #[sync_wrapper(map(RowStream = Rows, Row = BlockingRow))]
    mod blocks {
        use super::*;

        #[sync_wrapper(type = BlockingClient, foreign)]
        impl Client {
            pub async fn query(&self, rows: u64) -> Result<RowStream, String>;
        }

        /// The rows of a statement, one by one.
        #[sync_wrapper(type = Rows, foreign, derive(Debug))]
        impl Stream for RowStream {
            type Item = Result<Row, String>;
        }

        #[sync_wrapper(extend = Rows, foreign)]
        impl RowStream {
            pub fn affected(&self) -> Option<u64>;
            pub async fn drain(self: std::pin::Pin<&mut Self>) -> usize;
        }
    }

    pub use blocks::{BlockingClient, Rows};
}

use facade::{BlockingClient, BlockingRow, Rows};

#[test]
fn rows_of_another_crate() {
    in_every_place(|| {
        let client = BlockingClient::from(Client);
        let mut rows: Rows = client.query(4).unwrap();
        assert_eq!(rows.size_hint(), (0, Some(9)));
        assert_eq!(rows.next(), Some(Ok(BlockingRow(Row(0)))));
        assert_eq!(rows.affected(), None);
        let sum: Result<u64, String> = rows.by_ref().map(|row| row.map(|row| row.0.0)).sum();
        assert_eq!(sum, Ok(6));
        // The stream is there after its end, and is not polled again.
        assert_eq!((rows.next(), rows.size_hint()), (None, (0, Some(0))));
        assert_eq!(rows.affected(), Some(7));
        assert_eq!(rows.as_async().affected(), Some(7));
        assert_eq!(rows.get_ref().affected(), Some(7));
    });
}

#[test]
fn rows_that_fail() {
    in_every_place(|| {
        let mut rows = BlockingClient::from(Client).query(9).unwrap();
        let mut seen = 0;
        let error = loop {
            match rows.try_next() {
                Ok(Some(BlockingRow(Row(_)))) => seen += 1,
                Ok(None) => panic!("row 5 fails"),
                Err(error) => break error,
            }
        };
        assert_eq!((seen, error.as_str()), (5, "too many"));
        assert_eq!(rows.drain(), 3);
        assert_eq!(rows.next_timeout(Duration::ZERO), Ok(None));
    });
}

fn is_fused(_: &impl FusedIterator) {}

#[test]
fn the_stream_is_lent_and_given_back() {
    in_every_place(|| {
        let client = BlockingClient::from(Client);
        let mut rows = client.query(4).unwrap();
        is_fused(&rows);
        assert!(format!("{rows:?}").starts_with("Rows { inner: RowStream {"));
        let first = sync_twin::block_on(rows.get_mut().next());
        assert_eq!(first, Some(Ok(Row(0))));
        // It is not `Unpin`, so it stays where it is from its first use.
        let rows = rows.try_into_inner().unwrap_err();
        let mut rest = rows.into_pinned();
        assert_eq!(sync_twin::block_on(rest.next()), Some(Ok(Row(1))));
        let fresh: RowStream = client.query(1).unwrap().try_into_inner().unwrap();
        assert_eq!(Rows::from(fresh).count(), 1);
    });
}

/// One of our own, with parameters, and methods in the same place.
pub struct Pages<'a, T> {
    left: &'a [T],
    pauses: bool,
}

#[sync_wrapper(type = BlockingPages)]
#[must_use]
impl<'a, T: Clone + Sync> Stream for Pages<'a, T> {
    type Item = Vec<T>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Vec<T>>> {
        self.pauses = !self.pauses;
        if self.pauses {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        let (page, left) = self.left.split_at(self.left.len().min(2));
        self.left = left;
        Poll::Ready((!page.is_empty()).then(|| page.to_vec()))
    }
}

#[sync_wrapper(extend = BlockingPages)]
impl<'a, T: Clone + Sync> Pages<'a, T> {
    pub fn new(items: &'a [T]) -> Self {
        Pages {
            left: items,
            pauses: false,
        }
    }

    pub fn left(&self) -> &'a [T] {
        self.left
    }

    pub fn skip_to(&mut self, left: &'a [T]) -> &mut Self {
        self.left = left;
        self
    }

    pub async fn rest(self) -> Vec<Vec<T>> {
        self.collect().await
    }
}

#[test]
fn pages_of_our_own() {
    in_every_place(|| {
        let text: Vec<_> = "abcde".chars().collect();
        let mut pages = BlockingPages::new(&text);
        assert_eq!(pages.next(), Some(vec!['a', 'b']));
        assert_eq!(pages.left(), ['c', 'd', 'e']);
        assert_eq!(pages.next_timeout(Duration::MAX), Ok(Some(vec!['c', 'd'])));
        assert_eq!(pages.as_async_mut().left, ['e']);
        let left = pages.skip_to(&text[1..]).by_ref().next();
        assert_eq!(left, Some(vec!['b', 'c']));
        let pages: Pages<'_, _> = pages.into();
        assert_eq!(BlockingPages::from(pages).into_inner().left.len(), 2);
        assert_eq!(BlockingPages::new(&text).rest().len(), 3);
    });
}

/// Items that cannot be sent keep the call where it is.
pub struct Shared(Option<Rc<u8>>);

#[sync_wrapper(type = BlockingShared, derive(Clone, Debug, Default, PartialEq))]
impl futures_util::stream::Stream for Shared {
    type Item = Rc<u8>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Rc<u8>>> {
        Poll::Ready(self.0.take())
    }
}

impl Clone for Shared {
    fn clone(&self) -> Self {
        Shared(self.0.clone())
    }
}

impl Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Shared({:?})", self.0)
    }
}

impl Default for Shared {
    fn default() -> Self {
        Shared(Some(Rc::new(1)))
    }
}

impl PartialEq for Shared {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

#[test]
fn derives() {
    in_every_place(|| {
        let mut first = BlockingShared::default();
        let second = first.clone();
        assert!(first == second);
        assert_eq!(first.next().as_deref(), Some(&1));
        assert!(first != second && format!("{second:?}").contains("Shared(Some(1))"));
        // What has ended has ended in a clone of it.
        assert_eq!(first.next(), None);
        first.as_async_mut().0 = Some(Rc::new(2));
        assert_eq!((first.clone().next(), first.next()), (None, None));
    });
}

/// A stream that never has an item.
#[derive(Default)]
pub struct Silent;

#[sync_wrapper(
    type = BlockingSilent,
    docs = "Nothing, for so long.",
    fields(limit: Option<Duration> = Some(Duration::from_millis(1))),
    timeout = self.limit,
    flavor = "multi_thread",
)]
impl Stream for Silent {
    type Item = Result<u8, String>;

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Pending
    }
}

#[test]
fn limits_of_every_item() {
    in_every_place(|| {
        let mut silent = BlockingSilent::from(Silent);
        let item: Option<Result<Result<u8, String>, Elapsed>> = silent.next();
        assert!(item.unwrap().is_err());
        let tried: Result<Result<Option<u8>, String>, Elapsed> = silent.try_next();
        assert!(tried.is_err());
        silent.limit = None;
        let late = silent.next_timeout(Duration::from_millis(2));
        assert_eq!(late.unwrap_err().limit(), Duration::from_millis(2));
    });
}

/// Bytes, to be read.
pub struct Chunks(BoxStream<'static, Result<Vec<u8>, String>>);

#[sync_wrapper(type = Reader, read = next, isolation = "never")]
impl Stream for Chunks {
    type Item = Result<Vec<u8>, String>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_next_unpin(cx)
    }
}

#[test]
fn bytes_are_read() {
    in_every_place(|| {
        let chunks = ["one\nt", "", "wo", "\n"].map(|text| Ok(text.as_bytes().to_vec()));
        let chunks = stream::iter(chunks).then(async |chunk| {
            pause().await;
            chunk
        });
        let chunks = chunks.chain(stream::iter([Err("gone".to_owned())]));
        let mut reader = Reader::from(Chunks(chunks.boxed()));
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        assert_eq!(line, "one\n");
        let mut rest = [0; 3];
        reader.read_exact(&mut rest).unwrap();
        assert_eq!(&rest, b"two");
        reader.read_exact(&mut rest[..1]).unwrap();
        let error = reader.read(&mut rest).unwrap_err();
        assert_eq!(error.to_string(), "gone");
        assert_eq!(reader.read(&mut rest).unwrap(), 0);
    });
}

/// Known by its results.
#[derive(Debug)]
pub struct Lines(stream::Iter<std::vec::IntoIter<Result<u8, String>>>);

impl Stream for Lines {
    type Item = Result<u8, String>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_next_unpin(cx)
    }
}

#[sync_wrapper(type = pub(crate) BlockingLines, foreign, isolation = "always")]
impl stream::TryStream for Lines {
    type Ok = u8;
    type Error = String;
}

#[test]
fn lines_that_may_fail() {
    in_every_place(|| {
        let lines = Lines(stream::iter(vec![Ok(1), Err(String::new()), Ok(3)]));
        let mut lines = BlockingLines::from(lines);
        assert_eq!(lines.try_next(), Ok(Some(1)));
        assert!(lines.try_next().is_err());
        assert_eq!(
            lines.into_inner().try_collect::<Vec<_>>().now_or_never_ok(),
            [3]
        );
    });
}

trait NowOrNever<T> {
    fn now_or_never_ok(self) -> T;
}

impl<T, F: Future<Output = Result<T, String>>> NowOrNever<T> for F {
    fn now_or_never_ok(self) -> T {
        sync_twin::block_on(self).unwrap()
    }
}

/// An error of the stream's own for what has stopped a call.
#[derive(Debug, PartialEq)]
pub enum Failure {
    Late,
}

impl From<Elapsed> for Failure {
    fn from(_: Elapsed) -> Self {
        Failure::Late
    }
}

pub struct Slow {
    comes: bool,
}

#[sync_wrapper(type = BlockingSlow, timeout = Duration::from_millis(1), flatten)]
impl Stream for Slow {
    type Item = Result<u8, Failure>;

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        match self.comes {
            true => Poll::Ready(Some(Ok(1))),
            false => Poll::Pending,
        }
    }
}

#[test]
fn limits_as_errors_of_the_items() {
    in_every_place(|| {
        let mut slow = BlockingSlow::from(Slow { comes: false });
        assert_eq!(slow.next(), Some(Err(Failure::Late)));
        assert_eq!(slow.try_next(), Err(Failure::Late));
        let late: Result<Option<Result<u8, Failure>>, Elapsed> = slow.next_timeout(Duration::ZERO);
        assert!(late.is_err());
        slow.as_async_mut().comes = true;
        assert_eq!(slow.next(), Some(Ok(1)));
        assert_eq!(slow.try_next(), Ok(Some(1)));
    });
}

/// A stream in which something is always ready, and never an item.
fn restless() -> BoxStream<'static, Result<Row, String>> {
    let (sender, receiver) = tokio::sync::mpsc::unbounded_channel();
    let numbers = stream::unfold((sender, receiver), async |(sender, mut receiver)| {
        sender.send(1).ok()?;
        let number = receiver.recv().await?;
        Some((number, (sender, receiver)))
    });
    let items = numbers.filter_map(async |_: i32| None);
    items.boxed()
}

#[sync_wrapper(type = Restless, foreign)]
impl Stream for BoxStream<'static, Result<Row, String>> {
    type Item = Result<Row, String>;
}

#[test]
fn a_limit_ends_what_is_always_ready() {
    in_every_place(|| {
        let mut restless = Restless::from(restless());
        assert!(restless.next_timeout(Duration::from_millis(20)).is_err());
    });
}
