//! Impl blocks of types: one attribute for all the async fns in it.

use crate::pause;
use std::fmt::Debug;
use std::marker::PhantomData;
use std::rc::Rc;
use std::sync::Arc;
use std::thread::{self, ThreadId};
use sync_twin::sync_wrapper;

#[derive(Debug, PartialEq)]
pub struct Account {
    pub balance: i64,
}

#[sync_wrapper]
impl Account {
    pub const LIMIT: i64 = 100;

    pub async fn open(balance: i64) -> Self {
        pause().await;
        Self { balance }
    }

    /// Neither a receiver nor a `Self`.
    pub async fn bank() -> &'static str {
        pause().await;
        "bank"
    }

    pub async fn balance(&self) -> i64 {
        pause().await;
        self.balance
    }

    pub async fn pay_in(&mut self, amount: i64) -> Result<i64, String> {
        pause().await;
        if self.balance + amount > Self::LIMIT {
            Err(format!("{amount} is too much"))?;
        }
        self.balance += amount;
        Ok(self.balance)
    }

    pub async fn close_async(self) -> i64 {
        pause().await;
        self.balance
    }

    pub async fn shared(self: &Arc<Self>) -> usize {
        pause().await;
        Arc::strong_count(self)
    }

    async fn hidden(&self) -> i64 {
        -self.balance
    }

    pub fn not_async(&self) -> i64 {
        self.balance
    }

    #[sync_wrapper(skip)]
    pub async fn skipped(&self) -> i64 {
        self.balance
    }

    /// Written by hand, which `skip` above leaves room for.
    pub fn skipped_sync(&self) -> &'static str {
        "by hand"
    }

    #[sync_wrapper(name = total)]
    pub async fn sum(&self, more: &[i64]) -> i64 {
        pause().await;
        self.balance + more.iter().sum::<i64>()
    }

    #[sync_wrapper(isolation = "always")]
    pub async fn far_away(&self) -> ThreadId {
        thread::current().id()
    }

    /// Takes part because it asks for it.
    #[sync_wrapper]
    pub fn later(&self) -> impl Future<Output = i64> {
        let balance = self.balance;
        async move { balance + 1 }
    }

    /// Does not, and leaves its twin's name to others.
    pub fn much_later(&self) -> impl Future<Output = i64> {
        let balance = self.balance;
        async move { balance + 2 }
    }

    pub fn much_later_sync(&self) -> &'static str {
        "by hand"
    }

    #[cfg(any())]
    pub async fn never_built(&self) -> Missing {}

    #[cfg_attr(all(), sync_wrapper(name = conditional))]
    pub async fn configured(&self) -> i64 {
        self.balance
    }
}

#[test]
fn methods_and_associated_fns() {
    let mut account = Account::open_sync(10);
    assert_eq!(Account::bank_sync(), "bank");
    assert_eq!(account.balance_sync(), 10);
    assert_eq!(account.pay_in_sync(5), Ok(15));
    assert_eq!(account.pay_in_sync(500).unwrap_err(), "500 is too much");
    assert_eq!(account.hidden_sync(), -15);
    assert_eq!(account.not_async(), 15);
    assert_eq!(Arc::new(Account::open_sync(1)).shared_sync(), 1);
    assert_eq!(account.close_sync(), 15);
}

#[test]
fn options_of_single_methods() {
    let account = Account::open_sync(10);
    assert_eq!(account.skipped_sync(), "by hand");
    assert_eq!(sync_twin::block_on(account.skipped()), 10);
    assert_eq!(account.total(&[1, 2]), 13);
    assert_ne!(account.far_away_sync(), thread::current().id());
    assert_eq!(account.later_sync(), 11);
    assert_eq!(sync_twin::block_on(account.much_later()), 12);
    assert_eq!(account.much_later_sync(), "by hand");
    assert_eq!(account.conditional(), 10);
}

pub struct Prefixed;

#[sync_wrapper(prefix = "blocking_", isolation = "always")]
impl Prefixed {
    pub async fn load_async(&self, key: u8) -> (u8, ThreadId) {
        pause().await;
        (key, thread::current().id())
    }

    #[sync_wrapper(isolation = "never")]
    pub async fn near(&self) -> ThreadId {
        pause().await;
        thread::current().id()
    }

    #[sync_wrapper(name = own)]
    pub async fn named(&self) -> u8 {
        2
    }
}

pub struct Suffixed;

#[sync_wrapper(suffix = "_blocking")]
impl Suffixed {
    pub async fn load(&self) -> u8 {
        pause().await;
        3
    }

    pub async fn r#yield(&self) -> u8 {
        4
    }

    pub async fn trailing_(&self) -> u8 {
        5
    }

    #[sync_wrapper(suffix = "_now")]
    pub async fn other(&self) -> u8 {
        6
    }
}

#[test]
fn names_for_the_whole_block() {
    let here = thread::current().id();
    let (key, there) = Prefixed.blocking_load(1);
    assert_eq!(key, 1);
    assert_ne!(there, here);
    assert_eq!(Prefixed.blocking_near(), here);
    assert_eq!(Prefixed.own(), 2);
    assert_eq!(Suffixed.load_blocking(), 3);
    assert_eq!(Suffixed.yield_blocking(), 4);
    assert_eq!(Suffixed.trailing_blocking_(), 5);
    assert_eq!(Suffixed.other_now(), 6);
}

pub struct Cache<'a, K, const N: usize> {
    entries: [(K, &'a str); N],
}

#[sync_wrapper]
impl<'a, K: PartialEq, const N: usize> Cache<'a, K, N>
where
    K: Debug,
{
    pub async fn get(&self, key: &K) -> Option<&'a str> {
        pause().await;
        let found = self.entries.iter().find(|(other, _)| other == key)?;
        Some(found.1)
    }

    pub async fn first(&self) -> &K {
        pause().await;
        &self.entries[0].0
    }

    pub async fn either<'b>(&'b self, other: &'b K, mine: bool) -> &'b K {
        pause().await;
        if mine { &self.entries[0].0 } else { other }
    }

    pub async fn parse<T: std::str::FromStr>(&self) -> Vec<T> {
        pause().await;
        self.entries
            .iter()
            .flat_map(|entry| entry.1.parse())
            .collect()
    }

    pub async fn each(&self, mut tell: impl FnMut(&K)) {
        for (key, _) in &self.entries {
            pause().await;
            tell(key);
        }
    }

    pub async fn map<R>(&self, ask: impl AsyncFn(&K) -> R) -> Vec<R> {
        let mut all = Vec::new();
        for (key, _) in &self.entries {
            all.push(ask(key).await);
        }
        all
    }

    pub async fn len() -> usize {
        N
    }
}

#[test]
fn generics_and_lifetimes() {
    let text = String::from("10");
    let cache = Cache {
        entries: [('a', &*text), ('b', "x")],
    };
    let found = {
        let key = 'a';
        cache.get_sync(&key)
    };
    assert_eq!(found, Some("10"));
    assert_eq!(cache.get_sync(&'z'), None);
    assert_eq!(cache.first_sync(), &'a');
    assert_eq!(cache.either_sync(&'q', false), &'q');
    assert_eq!(cache.parse_sync::<u8>(), [10]);
    let mut told = String::new();
    cache.each_sync(|key| told.push(*key));
    assert_eq!(told, "ab");
    let upper = cache.map_sync(async |key| key.to_ascii_uppercase());
    assert_eq!(upper, ['A', 'B']);
    assert_eq!(Cache::<char, 7>::len_sync(), 7);
}

/// Of the trait's own methods none has a twin, but the block of a type with `'_` in it does.
pub struct Borrowed<'a>(&'a Rc<str>, PhantomData<()>);

#[sync_wrapper]
impl Borrowed<'_> {
    pub async fn text(&self) -> &str {
        pause().await;
        self.0
    }

    pub async fn length(&self) -> usize {
        self.0.len()
    }
}

#[test]
fn elided_lifetimes_of_the_type() {
    let text = Rc::from("text");
    let borrowed = Borrowed(&text, PhantomData);
    assert_eq!(borrowed.text_sync(), "text");
    assert_eq!(borrowed.length_sync(), 4);
}

/// Both are async, and only one can be `recover_sync`.
pub struct Channel;

#[sync_wrapper]
impl Channel {
    pub async fn recover_async(&self) -> u8 {
        crate::pause().await;
        1
    }

    pub async fn recover(&self) -> u8 {
        crate::pause().await;
        2
    }
}

#[test]
fn the_shorter_name_goes_to_the_shorter_name() {
    assert_eq!(Channel.recover_async_sync(), 1);
    assert_eq!(Channel.recover_sync(), 2);
}
