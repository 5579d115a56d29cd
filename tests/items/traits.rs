//! Traits: the twins are provided methods.
#![allow(async_fn_in_trait)]

use crate::pause;
use std::collections::BTreeMap;
use std::fmt::{Debug, Display};
use std::rc::Rc;
use sync_twin::sync_wrapper;

#[sync_wrapper]
pub trait Table<'a, K: Ord + ?Sized + 'a, const N: usize>: Debug {
    type Value: Clone + Display;
    type Error<'e>: Debug
    where
        Self: 'e;

    const NAME: &'static str;

    async fn get(&self, key: &K) -> Result<Self::Value, Self::Error<'_>>;

    async fn key(&self) -> Option<&'a K>;

    async fn shown(&self, key: &K) -> String {
        pause().await;
        match self.get(key).await {
            Ok(value) => format!("{} {value} {N}", Self::NAME),
            Err(error) => format!("{error:?}"),
        }
    }

    async fn put(&mut self, key: &'a K, value: Self::Value) -> usize
    where
        Self::Value: PartialEq;

    async fn into_size(self) -> usize
    where
        Self: Sized;

    async fn unsized_too(&self) -> usize
    where
        Self: Sized,
    {
        pause().await;
        N
    }

    async fn create() -> Self
    where
        Self: Sized;

    async fn name() -> &'static str {
        pause().await;
        Self::NAME
    }

    async fn convert<T: From<u8>>(&self) -> T {
        pause().await;
        T::from(7)
    }

    #[sync_wrapper(skip)]
    async fn skipped(&self) {}

    /// The name that `skip` leaves to others.
    fn skipped_sync(&self) {}

    #[sync_wrapper(name = wait)]
    async fn renamed(&self) -> u8 {
        9
    }

    #[sync_wrapper]
    fn later(&self) -> impl Future<Output = u8> {
        async { 11 }
    }
}

#[derive(Debug, Default)]
pub struct Map<'a>(BTreeMap<&'a str, u32>);

impl<'a> Table<'a, str, 3> for Map<'a> {
    type Value = u32;
    type Error<'e>
        = &'e BTreeMap<&'a str, u32>
    where
        Self: 'e;

    const NAME: &'static str = "map";

    async fn get(&self, key: &str) -> Result<u32, Self::Error<'_>> {
        pause().await;
        self.0.get(key).copied().ok_or(&self.0)
    }

    async fn key(&self) -> Option<&'a str> {
        self.0.keys().next().copied()
    }

    async fn put(&mut self, key: &'a str, value: u32) -> usize {
        pause().await;
        self.0.insert(key, value);
        self.0.len()
    }

    async fn into_size(self) -> usize {
        self.0.len()
    }

    async fn create() -> Self {
        pause().await;
        Map::default()
    }
}

#[test]
fn provided_methods() {
    let mut map = Map::create_sync();
    assert_eq!(map.put_sync("a", 1), 1);
    assert_eq!(map.get_sync("a"), Ok(1));
    assert_eq!(map.get_sync("b"), Err(&BTreeMap::from([("a", 1)])));
    assert_eq!(map.key_sync(), Some("a"));
    assert_eq!(map.shown_sync("a"), "map 1 3");
    assert_eq!(map.unsized_too_sync(), 3);
    assert_eq!(Map::name_sync(), "map");
    assert_eq!(map.convert_sync::<u64>(), 7);
    map.skipped_sync();
    assert_eq!(map.wait(), 9);
    assert_eq!(map.later_sync(), 11);
    assert_eq!(map.into_size_sync(), 1);
}

/// A bound is enough to have the twins, also on what is unsized.
fn shown<'a, T: Table<'a, str, 3> + ?Sized>(table: &T) -> String {
    table.shown_sync("a")
}

#[test]
fn through_a_bound() {
    let mut map = Map::default();
    map.put_sync("a", 5);
    assert_eq!(shown(&map), "map 5 3");
}

#[sync_wrapper]
pub trait Ask {
    async fn ask(&self) -> usize;
}

impl Ask for str {
    async fn ask(&self) -> usize {
        pause().await;
        self.len()
    }
}

impl<T: Ask + ?Sized> Ask for Rc<T> {
    async fn ask(&self) -> usize {
        (**self).ask().await + 1
    }
}

#[test]
fn implementors_without_a_size() {
    assert_eq!("four".ask_sync(), 4);
    assert_eq!(Rc::<str>::from("four").ask_sync(), 5);
}

/// An implementor that knows a shorter way may have a twin of its own.
pub struct Ready;

impl Ask for Ready {
    async fn ask(&self) -> usize {
        pause().await;
        1
    }

    fn ask_sync(&self) -> usize {
        2
    }
}

#[test]
fn a_twin_of_the_implementor() {
    assert_eq!(Ready.ask_sync(), 2);
    assert_eq!(Rc::new(Ready).ask_sync(), 2);
}

/// An attribute on a single method does the same.
pub trait Single {
    #[sync_wrapper]
    async fn one(&self) -> u8;

    async fn two(&self) -> u8 {
        2
    }
}

impl Single for () {
    async fn one(&self) -> u8 {
        pause().await;
        1
    }
}

/// None says `Self: Sized`, which only a fn with a body needs.
#[sync_wrapper]
pub trait Make {
    async fn make() -> Self;

    async fn try_make() -> Result<Self, String>
    where
        Self: Sized;

    async fn join(&self, others: (Option<Self>, [Self; 1])) -> (Self, usize)
    where
        Self: Sized;

    async fn borrow(&self) -> &Self;
}

impl Make for u8 {
    async fn make() -> Self {
        pause().await;
        7
    }

    async fn try_make() -> Result<Self, String> {
        pause().await;
        Ok(8)
    }

    async fn join(&self, (first, [second]): (Option<Self>, [Self; 1])) -> (Self, usize) {
        pause().await;
        (self + first.unwrap_or(0) + second, 2)
    }

    async fn borrow(&self) -> &Self {
        pause().await;
        self
    }
}

#[test]
fn methods_that_return_themselves() {
    assert_eq!(u8::make_sync(), 7);
    assert_eq!(u8::try_make_sync(), Ok(8));
    assert_eq!(1.join_sync((Some(2), [3])), (6, 2));
    assert_eq!(*1_u8.borrow_sync(), 1);
}

#[test]
fn single_methods() {
    assert_eq!(().one_sync() + sync_twin::block_on(().two()), 3);
}

/// Of two traits with a method of one name each twin calls its own.
#[sync_wrapper(prefix = "other_")]
pub trait Other {
    async fn ask(&self) -> usize {
        100
    }
}

impl Other for str {}

#[test]
fn methods_of_the_same_name() {
    assert_eq!("four".ask_sync() + "four".other_ask(), 104);
}

mod streams {
    use futures_util::stream::{self, BoxStream, StreamExt as _};
    use sync_twin::sync_wrapper;

    #[sync_wrapper]
    trait Source {
        #[sync_wrapper]
        fn items(&self) -> BoxStream<'_, u8>;

        async fn open(&self) -> Result<BoxStream<'_, u8>, u8>;
    }

    impl Source for Vec<u8> {
        fn items(&self) -> BoxStream<'_, u8> {
            stream::iter(self.iter().copied()).boxed()
        }

        async fn open(&self) -> Result<BoxStream<'_, u8>, u8> {
            Ok(self.items())
        }
    }

    #[test]
    fn a_stream_is_a_boxed_iterator() {
        let source = vec![1, 2, 3];
        assert_eq!(source.items_sync().sum::<u8>(), 6);
        assert_eq!(source.open_sync().map(Iterator::count), Ok(3));
    }
}

/// What points to a `Self` has a size, so these twins ask for none of `Self`.
#[sync_wrapper]
pub trait Linked {
    async fn behind(&self, first: Option<Box<Self>>) -> usize;
    fn kind(&self) -> impl Future<Output = std::marker::PhantomData<Self>>;
    async fn visit(&self, visit: &dyn Fn(&Self) -> usize) -> usize;
}

impl Linked for str {
    async fn behind(&self, first: Option<Box<Self>>) -> usize {
        pause().await;
        self.len() + first.map_or(0, |first| first.len())
    }

    async fn kind(&self) -> std::marker::PhantomData<Self> {
        std::marker::PhantomData
    }

    async fn visit(&self, visit: &dyn Fn(&Self) -> usize) -> usize {
        pause().await;
        visit(self)
    }
}

#[test]
fn a_self_of_any_size() {
    assert_eq!("abc".behind_sync(Some("de".into())), 5);
    assert_eq!("abc".visit_sync(&str::len), 3);
    let kind: std::marker::PhantomData<str> = "abc".kind_sync();
    assert_eq!(size_of_val(&kind), 0);
}
