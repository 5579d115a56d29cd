//! Items that have the names of what a twin might bind: in a pattern, such a name would mean the item.

#![allow(non_camel_case_types, non_upper_case_globals)]

use futures_util::stream::{self, BoxStream, Stream, StreamExt as _};
use std::time::Duration;
use sync_twin::{Elapsed, sync_wrapper};

macro_rules! items {
    ($($name:ident)*) => { $(
        #[allow(dead_code)]
        pub struct $name;
    )* };
}

items! {
    call output timeout runtime items inner outer inside boxed future make choice value this krate private arg0 arg1 iterator
}

const MINUTE: Duration = Duration::from_secs(60);

#[sync_wrapper(timeout = MINUTE, flavor = "multi_thread")]
async fn sum((a, b): (u8, u8), [c, d]: [u8; 2]) -> u8 {
    tokio::task::yield_now().await;
    a + b + c + d
}

#[sync_wrapper]
#[track_caller]
fn place() -> impl Future<Output = u32> {
    std::future::ready(std::panic::Location::caller().line())
}

#[sync_wrapper(runtime = tokio::runtime::Handle::current())]
fn numbers(to: u8) -> BoxStream<'static, u8> {
    stream::iter(0..to).boxed()
}

#[sync_wrapper(timeout = MINUTE)]
async fn lazy_numbers(to: u8) -> Result<impl Stream<Item = u8>, ()> {
    Ok(stream::iter(0..to))
}

pub struct Client(u8);

#[sync_wrapper(type = Blocking)]
impl Client {
    pub async fn connect(n: u8) -> Result<Client, ()> {
        Ok(Client(n))
    }

    pub fn lazy(n: u8) -> Self {
        Client(n)
    }

    pub async fn add(self, other: Option<Client>, boxed_up: &Client) -> u8 {
        self.0 + other.map_or(0, |other| other.0) + boxed_up.0
    }

    pub async fn unboxed(self: Box<Self>) -> u8 {
        self.0
    }
}

#[test]
fn a_free_fn() {
    assert_eq!(sum_sync((1, 2), [3, 4]), Ok::<_, Elapsed>(10));
    assert_eq!(place_sync(), line!());
}

#[test]
fn streams() {
    let runtime_of_mine = crate::places::multi_thread();
    let _guard = runtime_of_mine.enter();
    assert_eq!(numbers_sync(3).sum::<u8>(), 3);
    assert_eq!(lazy_numbers_sync(4).unwrap().unwrap().count(), 4);
}

#[test]
fn a_blocking_type() {
    let one = Blocking::connect(1).unwrap();
    let sum = Blocking::lazy(2).add(Some(Blocking::lazy(3)), &one);
    assert_eq!((sum, Box::new(one).unboxed()), (6, 1));
}
