//! `around`, `attrs` and `impl_attrs`: what other attributes and their runtimes want of twins.

use crate::pause;
use crate::places::in_every_place;
use futures_util::stream::{self, Stream};
use std::cell::Cell;
use std::future::pending;
use std::mem::align_of;
use std::panic::Location;
use std::pin::Pin;
use std::sync::mpsc::channel;
use std::task::{Context, Poll};
use std::thread;
use std::time::Duration;
use sync_twin::{Elapsed, blocked_calls, sync_wrapper};
use sync_twin_tests::harness::deadline::watch;

thread_local! {
    static INSIDE: Cell<bool> = const { Cell::new(false) };
    static ENTERED: Cell<usize> = const { Cell::new(0) };
}

/// What a binding does: its interpreter's lock is free meanwhile, and so the closure has to be `Send`.
pub fn detached<T: Send>(block: impl FnOnce() -> T + Send) -> T {
    assert!(!INSIDE.replace(true));
    ENTERED.set(ENTERED.get() + 1);
    let output = block();
    INSIDE.set(false);
    output
}

/// How often that has been entered meanwhile.
fn entered<T>(code: impl FnOnce() -> T) -> (usize, T) {
    let before = ENTERED.get();
    let output = code();
    (ENTERED.get() - before, output)
}

#[sync_wrapper(around = detached)]
pub async fn length(text: &str) -> usize {
    pause().await;
    text.len()
}

/// With everything else that a call can have.
#[sync_wrapper(around = detached, isolation = "always", timeout = limit, flavor = "multi_thread")]
pub async fn forever(limit: Duration) {
    let _ = limit;
    pending().await
}

/// What is around need not ask for anything, and then nothing has to be `Send`.
#[sync_wrapper(around = self::timed::<_, _>, isolation = "never")]
pub async fn alone(cell: &Cell<u8>) -> *const u8 {
    pause().await;
    cell.set(1);
    cell.as_ptr()
}

pub fn timed<T, F: FnOnce() -> T>(block: F) -> T {
    block()
}

#[derive(Default)]
pub struct Client {
    requests: usize,
}

pub struct Row(u8);

pub struct BlockingRow(u8);

impl From<Row> for BlockingRow {
    fn from(Row(value): Row) -> Self {
        assert!(
            !INSIDE.get(),
            "what a result is made into is no part of the wait"
        );
        BlockingRow(value)
    }
}

impl Client {
    fn around<T: Send>(block: impl FnOnce() -> T + Send) -> T {
        detached(block)
    }
}

#[sync_wrapper(type = BlockingClient, derive(Default), around = Self::around, map(Row = BlockingRow))]
impl Client {
    /// Does not wait.
    pub fn new() -> Self {
        assert!(!INSIDE.get());
        Client::default()
    }

    pub async fn row(&mut self) -> Row {
        pause().await;
        self.requests += 1;
        Row(7)
    }

    #[sync_wrapper(unset(around))]
    pub async fn outside(&self) -> usize {
        pause().await;
        self.requests
    }

    pub fn numbers(&self) -> impl Stream<Item = usize> + Send + use<> {
        let end = self.requests;
        stream::iter(0..=end)
    }
}

#[sync_wrapper(around = detached)]
#[allow(async_fn_in_trait, reason = "what rustc advises instead is below")]
pub trait Store: Send + Sync {
    async fn get(&self, key: u8) -> u8;
    /// As rustc advises to write it in a public trait.
    fn load(&self, key: u8) -> impl Future<Output = u8> + Send;
    async fn connect() -> Self
    where
        Self: Sized;
    #[sync_wrapper]
    fn keys(&self) -> impl Stream<Item = u8> + Send;
}

impl Store for () {
    async fn get(&self, key: u8) -> u8 {
        pause().await;
        key
    }

    async fn load(&self, key: u8) -> u8 {
        pause().await;
        key + 1
    }

    async fn connect() -> Self {
        pause().await;
    }

    fn keys(&self) -> impl Stream<Item = u8> + Send {
        stream::iter([1, 2])
    }
}

#[test]
fn a_call_waits_inside() {
    in_every_place(|| {
        assert_eq!(entered(|| length_sync("four")), (1, 4));
        let (times, late) = entered(|| forever_sync(Duration::from_millis(2)));
        assert_eq!(
            (times, late.unwrap_err().limit()),
            (1, Duration::from_millis(2))
        );
        assert_eq!(entered(|| ().get_sync(5)), (1, 5));
        assert_eq!(entered(|| ().load_sync(5)), (1, 6));
        assert_eq!(entered(<()>::connect_sync), (1, ()));
        let cell = Cell::new(0);
        assert_eq!(alone_sync(&cell), cell.as_ptr().cast_const());
    });
}

#[test]
fn what_does_not_wait_is_outside() {
    in_every_place(|| {
        let (times, mut client) = entered(BlockingClient::new);
        assert_eq!(times, 0);
        let (times, BlockingRow(value)) = entered(|| client.row());
        assert_eq!((times, value), (1, 7));
        assert_eq!(entered(|| client.outside()), (0, 1));
    });
}

#[test]
fn every_item_of_a_stream_is_waited_for_inside() {
    in_every_place(|| {
        let mut client = BlockingClient::new();
        client.row();
        let (times, mut numbers) = entered(|| client.numbers());
        assert_eq!((times, numbers.size_hint()), (0, (2, Some(2))));
        assert_eq!(entered(|| numbers.next()), (1, Some(0)));
        assert_eq!(entered(|| numbers.by_ref().count()), (2, 1));
        assert_eq!(entered(|| numbers.next()), (0, None));
        let (times, keys) = entered(|| ().keys_sync().collect::<Vec<_>>());
        assert_eq!((times, keys), (3, vec![1, 2]));
    });
}

/// A panic passes through what is around.
#[sync_wrapper(around = timed)]
pub async fn panics() {
    pause().await;
    panic!("as it was");
}

#[test]
fn a_panic_passes_through() {
    in_every_place(|| {
        let panic = std::panic::catch_unwind(panics_sync).unwrap_err();
        assert_eq!(panic.downcast_ref(), Some(&"as it was"));
    });
}

#[sync_wrapper(around = detached)]
pub async fn receives(mut receiver: tokio::sync::mpsc::Receiver<u8>) -> Option<u8> {
    receiver.recv().await
}

#[sync_wrapper(around = detached)]
pub fn received(
    receiver: tokio::sync::mpsc::Receiver<u8>,
) -> impl Stream<Item = u8> + Send + use<> {
    stream::unfold(receiver, async |mut receiver| {
        Some((receiver.recv().await?, receiver))
    })
}

/// What is around hides the twin's caller from rustc, but not from reports.
#[test]
fn a_call_is_known_by_where_it_is_made() {
    let _watch = watch("a_call_is_known_by_where_it_is_made");
    let one: fn(_) -> (u32, _) = |receiver| (line!(), receives_sync(receiver));
    let next: fn(_) -> (u32, _) = |receiver| (line!(), received_sync(receiver).next());
    for call in [one, next] {
        let (sender, receiver) = tokio::sync::mpsc::channel(1);
        let (done, result) = channel();
        let thread = thread::spawn(move || done.send(call(receiver)));
        let is_here = |place: &Location<'_>| place.file() == file!();
        let line = loop {
            let calls = blocked_calls();
            let mut places = calls.iter().map(sync_twin::BlockedCall::location);
            if let Some(place) = places.find(|place| is_here(place)) {
                break place.line();
            }
            thread::yield_now();
        };
        sender.blocking_send(3).unwrap();
        assert_eq!(result.recv(), Ok((line, Some(3))));
        thread.join().unwrap().unwrap();
    }
}

#[test]
fn a_limit_is_known_by_where_it_is_set() {
    let (line, late) = (line!(), forever_sync(Duration::ZERO).unwrap_err());
    let place = Elapsed::location(&late);
    assert_eq!((place.file(), place.line()), (file!(), line));
}

/// Each option takes what is between the brackets of an attribute.
#[sync_wrapper(attrs(unsafe(no_mangle), cold, doc = "More."))]
pub async fn sync_twin_tests_exported(n: u8) -> u8 {
    pause().await;
    n
}

unsafe extern "Rust" {
    #[link_name = "sync_twin_tests_exported_sync"]
    safe fn by_its_symbol(n: u8) -> u8;
}

#[test]
fn a_twin_has_attributes_of_its_own() {
    assert_eq!(by_its_symbol(3), 3);
}

#[derive(Clone)]
pub struct Page;

#[sync_wrapper(
    type = BlockingPage,
    attrs(derive(Clone), repr(align(256)), must_use),
    impl_attrs(cfg(any())),
)]
impl Page {
    pub const LIMIT: u8 = 9;

    pub async fn read(&self) -> u8 {
        1
    }

    #[sync_wrapper(unset(impl_attrs))]
    pub async fn close(self) -> u8 {
        pause().await;
        2
    }
}

/// In the place of what has `cfg(any())`.
impl BlockingPage {
    pub fn read(&self) -> u8 {
        3
    }
}

#[sync_wrapper(impl_attrs(cfg(any())))]
impl Page {
    pub async fn first(&self) -> u8 {
        4
    }

    #[sync_wrapper(unset(impl_attrs))]
    pub async fn second(&self) -> u8 {
        pause().await;
        5
    }
}

impl Page {
    pub fn first_sync(&self) -> u8 {
        6
    }
}

#[test]
fn the_impl_block_of_others_has_the_methods_and_nothing_else() {
    assert_eq!((Page.first_sync(), Page.second_sync()), (6, 5));
    let page = BlockingPage::from(Page).clone();
    assert_eq!(align_of::<BlockingPage>(), 256);
    assert_eq!((page.read(), BlockingPage::LIMIT), (3, 9));
    let Page = page.as_async();
    assert_eq!(BlockingPage::from(page.into_inner()).close(), 2);
}

/// A stream of one's own, and what is sent into a sink.
pub struct Numbers(u8);

#[sync_wrapper(type = BlockingNumbers, around = detached)]
impl Stream for Numbers {
    type Item = u8;

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<u8>> {
        let Numbers(left) = self.get_mut();
        let next = left.checked_sub(1);
        *left = next.unwrap_or_default();
        Poll::Ready(next)
    }
}

#[test]
fn a_blocking_iterator_waits_inside() {
    in_every_place(|| {
        let mut numbers = BlockingNumbers::from(Numbers(2));
        assert_eq!(entered(|| numbers.next()), (1, Some(1)));
        assert_eq!(entered(|| numbers.by_ref().count()), (2, 1));
    });
}
