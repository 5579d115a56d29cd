//! Methods with every receiver, and associated fns without one.

use crate::{awaited, pause};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use sync_twin::sync_wrapper;

/// What the methods belong to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Counter {
    count: u32,
}

impl Counter {
    /// `&self`
    #[sync_wrapper]
    pub async fn get(&self) -> u32 {
        pause().await;
        self.count
    }

    /// `&mut self`
    #[sync_wrapper]
    pub async fn add(&mut self, n: u32) -> &mut Self {
        pause().await;
        self.count += n;
        self
    }

    /// `&'a self`
    #[sync_wrapper]
    pub async fn named<'a>(&'a self, _other: &u32) -> &'a u32 {
        pause().await;
        &self.count
    }

    /// `&'a mut self`
    #[sync_wrapper]
    pub async fn named_mut<'a>(&'a mut self, _other: &u32) -> &'a mut u32 {
        pause().await;
        &mut self.count
    }

    /// `self`
    #[sync_wrapper]
    pub async fn finish(self) -> u32 {
        pause().await;
        self.count
    }

    /// `mut self`
    #[sync_wrapper]
    pub async fn with(mut self, n: u32) -> Self {
        pause().await;
        self.count = n;
        self
    }

    /// `self: Box<Self>`
    #[sync_wrapper]
    pub async fn boxed(self: Box<Self>) -> u32 {
        pause().await;
        self.count
    }

    /// `mut self: Box<Self>`
    #[sync_wrapper]
    pub async fn boxed_mut(mut self: Box<Self>) -> Box<Self> {
        pause().await;
        self.count += 1;
        self
    }

    /// `self: Rc<Self>`
    #[sync_wrapper]
    pub async fn counted(self: Rc<Self>) -> u32 {
        pause().await;
        self.count
    }

    /// `self: Arc<Self>`
    #[sync_wrapper]
    pub async fn shared(self: Arc<Self>) -> u32 {
        pause().await;
        self.count
    }

    /// `self: &Arc<Self>`
    #[sync_wrapper]
    pub async fn by_arc(self: &Arc<Self>) -> Arc<Self> {
        pause().await;
        Arc::clone(self)
    }

    /// `self: Pin<&mut Self>`
    #[sync_wrapper]
    pub async fn pinned(mut self: Pin<&mut Self>) -> u32 {
        pause().await;
        self.as_mut().count += 1;
        self.count
    }

    /// `self: Pin<&Self>`
    #[sync_wrapper]
    pub async fn pinned_shared(self: Pin<&Self>) -> u32 {
        pause().await;
        self.count
    }

    /// No receiver, but the result names `Self`.
    #[sync_wrapper]
    pub async fn connect() -> Self {
        pause().await;
        Counter { count: 7 }
    }

    /// No receiver, but an argument names `Self`.
    #[sync_wrapper]
    pub async fn merge(a: &Self, b: &Self) -> u32 {
        pause().await;
        a.count + b.count
    }

    /// No receiver, but the body names `Self`.
    #[sync_wrapper]
    pub async fn limit() -> u32 {
        pause().await;
        Self::LIMIT
    }

    /// No receiver, and no `Self` anywhere.
    #[sync_wrapper(associated)]
    pub async fn version() -> &'static str {
        pause().await;
        "1.0"
    }

    const LIMIT: u32 = 99;
}

/// A generic type and its methods.
pub struct Holder<T>(T);

impl<'a, T: Clone + 'static> Holder<&'a T> {
    /// Names what the impl block declares.
    #[sync_wrapper]
    pub async fn owned(&self) -> T {
        pause().await;
        self.0.clone()
    }

    /// Lends for longer than the receiver does.
    #[sync_wrapper]
    pub async fn lend(&self) -> &'a T {
        pause().await;
        self.0
    }

    /// A twin's own lifetimes beside those of the impl block.
    #[sync_wrapper]
    pub async fn or_first(&self, mut others: impl Iterator<Item = &T>) -> T {
        pause().await;
        others.next().unwrap_or(self.0).clone()
    }

    /// Without a receiver.
    #[sync_wrapper(associated)]
    pub async fn first<U>(all: &[U]) -> Option<&U> {
        pause().await;
        all.first()
    }
}

#[test]
fn by_reference() {
    let mut counter = Counter::default();
    assert_eq!(counter.get_sync(), awaited(counter.get()));
    assert_eq!(counter.add_sync(2).add_sync(3).get_sync(), 5);
    assert_eq!(counter.named_sync(&1), &5);
    *counter.named_mut_sync(&1) = 6;
    assert_eq!(counter.get_sync(), 6);
}

#[test]
fn by_value() {
    assert_eq!(Counter::default().with_sync(3).finish_sync(), 3);
}

#[test]
fn by_smart_pointer() {
    let counter = Counter { count: 4 };
    assert_eq!(Box::new(counter.clone()).boxed_sync(), 4);
    assert_eq!(Box::new(counter.clone()).boxed_mut_sync().count, 5);
    assert_eq!(Rc::new(counter.clone()).counted_sync(), 4);
    let shared = Arc::new(counter.clone());
    assert_eq!(shared.by_arc_sync().shared_sync(), 4);
    let mut pinned = Box::pin(counter);
    assert_eq!(pinned.as_mut().pinned_sync(), 5);
    assert_eq!(pinned.as_ref().pinned_shared_sync(), 5);
}

#[test]
fn without_a_receiver() {
    let counter = Counter::connect_sync();
    assert_eq!(counter, Counter { count: 7 });
    assert_eq!(Counter::merge_sync(&counter, &counter), 14);
    assert_eq!(Counter::limit_sync(), 99);
    assert_eq!(Counter::version_sync(), "1.0");
}

#[test]
fn of_a_generic_type() {
    let text = String::from("text");
    let lent = {
        let holder = Holder(&text);
        assert_eq!(holder.owned_sync(), "text");
        assert_eq!(
            holder.or_first_sync([String::from("other")].iter()),
            "other"
        );
        holder.lend_sync()
    };
    assert_eq!(lent, "text");
    assert_eq!(Holder::<&u8>::first_sync(&[1, 2]), Some(&1));
}
