//! A method of a trait: its twin is a provided method.

use crate::{awaited, pause};
use std::fmt::Debug;
use sync_twin::sync_wrapper;

/// Methods with and without a body
#[allow(async_fn_in_trait)]
pub trait Store {
    /// What is stored
    type Value: Clone + Debug;

    /// Without a body
    #[sync_wrapper]
    async fn get(&self, key: &str) -> Option<Self::Value>;

    /// With a body
    #[sync_wrapper]
    async fn get_or(&self, key: &str, other: Self::Value) -> Self::Value {
        self.get(key).await.unwrap_or(other)
    }

    /// `self` by value, of which the trait does not say that it is `Sized`
    #[sync_wrapper]
    async fn close(self) -> u8;

    /// The same, written out
    #[sync_wrapper]
    #[allow(clippy::needless_arbitrary_self_type)]
    async fn close_typed(self: Self) -> u8;

    /// By value as an argument
    #[sync_wrapper]
    async fn merge(&self, other: Self) -> u8;

    /// By a smart pointer
    #[sync_wrapper]
    async fn close_boxed(self: Box<Self>) -> u8;

    /// Without a receiver
    #[sync_wrapper]
    async fn open(first: Self::Value) -> Self
    where
        Self: Sized;

    /// Generic
    #[sync_wrapper]
    async fn map<T, const N: usize>(&mut self, map: impl Fn(&Self::Value) -> T) -> [Option<T>; N];

    /// Borrows in the result
    #[sync_wrapper]
    async fn lend<'a>(&'a self, _key: &str) -> &'a Self::Value;

    /// Elides in an `impl Trait` argument
    #[sync_wrapper]
    async fn count(&self, keys: impl IntoIterator<Item = &str>) -> usize {
        pause().await;
        keys.into_iter().count()
    }

    /// `impl Trait` in the result
    #[sync_wrapper]
    async fn keys(&self) -> impl Iterator<Item = &str>;
}

/// A generic trait with a supertrait
#[allow(async_fn_in_trait)]
pub trait Convert<'a, T: 'a>: Debug {
    /// Names the trait's own parameters
    #[sync_wrapper]
    async fn convert(&self, from: &'a T) -> &'a T;
}

/// Implements both
#[derive(Debug)]
pub struct One(u8);

impl Store for One {
    type Value = u8;

    async fn get(&self, key: &str) -> Option<u8> {
        pause().await;
        (key == "one").then_some(self.0)
    }

    async fn close(self) -> u8 {
        pause().await;
        self.0
    }

    async fn close_typed(self) -> u8 {
        pause().await;
        self.0
    }

    async fn merge(&self, other: Self) -> u8 {
        pause().await;
        self.0 + other.0
    }

    async fn close_boxed(self: Box<Self>) -> u8 {
        pause().await;
        self.0
    }

    async fn open(first: u8) -> Self {
        pause().await;
        One(first)
    }

    async fn map<T, const N: usize>(&mut self, map: impl Fn(&u8) -> T) -> [Option<T>; N] {
        pause().await;
        [(); N].map(|()| Some(map(&self.0)))
    }

    async fn lend<'a>(&'a self, _key: &str) -> &'a u8 {
        pause().await;
        &self.0
    }

    async fn keys(&self) -> impl Iterator<Item = &str> {
        pause().await;
        ["one"].into_iter()
    }
}

impl<'a, T: 'a> Convert<'a, T> for One {
    async fn convert(&self, from: &'a T) -> &'a T {
        pause().await;
        from
    }
}

#[test]
fn provided_methods() {
    let mut one = One::open_sync(1);
    assert_eq!(one.get_sync("one"), awaited(one.get("one")));
    assert_eq!(one.get_or_sync("two", 2), 2);
    assert_eq!(one.map_sync::<_, 2>(|n| n + 1), [Some(2), Some(2)]);
    assert_eq!(one.lend_sync("x"), &1);
    assert_eq!(one.count_sync(["a", "b"]), 2);
    assert_eq!(one.keys_sync().collect::<Vec<_>>(), ["one"]);
    assert_eq!(one.convert_sync(&2), &2);
}

#[test]
fn by_value() {
    assert_eq!(One(1).close_sync(), 1);
    assert_eq!(One(2).close_typed_sync(), 2);
    assert_eq!(One(1).merge_sync(One(2)), 3);
    assert_eq!(Box::new(One(4)).close_boxed_sync(), 4);
}

#[test]
fn through_a_bound() {
    fn read<S: Store>(store: &S) -> Option<S::Value> {
        store.get_sync("one")
    }

    assert_eq!(read(&One(1)), Some(1));
}
