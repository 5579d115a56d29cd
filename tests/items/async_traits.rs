//! `#[async_trait]`, above ours and below, and then through `dyn Trait`.

use crate::pause;
use crate::places::in_every_place;
use async_trait::async_trait;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use sync_twin::sync_wrapper;

/// Ours comes first, and theirs rewrites the trait that ours has left.
#[sync_wrapper]
#[async_trait]
pub trait Store: Send + Sync {
    async fn get(&self, key: &str) -> Option<String>;
    async fn put(&self, key: &str, value: String) -> Result<usize, String>;

    async fn get_or(&self, key: &str, other: &str) -> String {
        pause().await;
        self.get(key).await.unwrap_or_else(|| other.to_owned())
    }

    async fn shared(self: Arc<Self>) -> usize;

    fn name(&self) -> &'static str;
}

/// Theirs comes first, and ours finds boxed futures.
#[async_trait]
#[sync_wrapper]
pub trait StoreBelow: Send + Sync {
    async fn get(&self, key: &str) -> Option<String>;
    async fn put(&self, key: &str, value: String) -> Result<usize, String>;

    async fn get_or(&self, key: &str, other: &str) -> String {
        pause().await;
        self.get(key).await.unwrap_or_else(|| other.to_owned())
    }

    async fn generic<T: Into<String> + Send>(&self, key: T) -> Option<String>
    where
        Self: Sized,
    {
        self.get(&key.into()).await
    }
}

#[derive(Default)]
pub struct Memory(Mutex<HashMap<String, String>>);

impl Memory {
    fn put_in(&self, key: &str, value: String) -> Result<usize, String> {
        if value.is_empty() {
            return Err(format!("{key} is empty"));
        }
        let mut map = self.0.lock().unwrap();
        map.insert(key.to_owned(), value);
        Ok(map.len())
    }
}

#[async_trait]
impl Store for Memory {
    async fn get(&self, key: &str) -> Option<String> {
        pause().await;
        self.0.lock().unwrap().get(key).cloned()
    }

    async fn put(&self, key: &str, value: String) -> Result<usize, String> {
        // What only works where a runtime is.
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        self.put_in(key, value)
    }

    async fn shared(self: Arc<Self>) -> usize {
        pause().await;
        Arc::strong_count(&self)
    }

    fn name(&self) -> &'static str {
        "memory"
    }
}

#[async_trait]
impl StoreBelow for Memory {
    async fn get(&self, key: &str) -> Option<String> {
        pause().await;
        self.0.lock().unwrap().get(key).cloned()
    }

    async fn put(&self, key: &str, value: String) -> Result<usize, String> {
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        self.put_in(key, value)
    }
}

#[test]
fn ours_above_through_dyn() {
    in_every_place(|| {
        let store: Arc<dyn Store> = Arc::new(Memory::default());
        assert_eq!(store.put_sync("a", String::from("1")), Ok(1));
        assert_eq!(store.get_sync("a").as_deref(), Some("1"));
        assert_eq!(store.get_or_sync("b", "2"), "2");
        assert_eq!(
            store.put_sync("c", String::new()).unwrap_err(),
            "c is empty"
        );
        assert_eq!(store.clone().shared_sync(), 2);
        assert_eq!(store.name(), "memory");
    });
}

#[test]
fn ours_below_through_dyn() {
    in_every_place(|| {
        let store: Arc<dyn StoreBelow> = Arc::new(Memory::default());
        assert_eq!(store.put_sync("a", String::from("1")), Ok(1));
        assert_eq!(store.get_sync("a").as_deref(), Some("1"));
        assert_eq!(store.get_or_sync("b", "2"), "2");
        assert_eq!(Memory::default().generic_sync("a"), None);
    });
}

/// One store for many threads.
#[test]
fn from_many_threads() {
    let store: Arc<dyn Store> = Arc::new(Memory::default());
    let threads: Vec<_> = (0..8)
        .map(|n: u8| {
            let store = store.clone();
            std::thread::spawn(move || store.put_sync(&n.to_string(), n.to_string()).unwrap())
        })
        .collect();
    let sizes = threads.into_iter().map(|thread| thread.join().unwrap());
    assert_eq!(sizes.max(), Some(8));
}

/// Futures that are not `Send`.
#[sync_wrapper]
#[async_trait(?Send)]
pub trait Local {
    async fn count(&self) -> usize {
        let here = std::rc::Rc::new(());
        pause().await;
        std::rc::Rc::strong_count(&here)
    }
}

impl Local for () {}

#[test]
fn not_send() {
    in_every_place(|| {
        let local: &dyn Local = &();
        assert_eq!(local.count_sync(), 1);
    });
}

/// Arguments and bounds in which theirs names its own lifetime. The last two name it by hand.
#[async_trait]
#[sync_wrapper]
pub trait Bounds: Send + Sync {
    async fn opaque(&self, key: impl Into<String> + Send) -> String
    where
        Self: Sized,
    {
        key.into()
    }

    async fn nested(
        &self,
        keys: Vec<Option<impl Iterator<Item = impl Into<u8> + Send> + Send>>,
    ) -> u8
    where
        Self: Sized,
    {
        pause().await;
        keys.into_iter().flatten().flatten().map(Into::into).sum()
    }

    async fn clause<T>(&self, key: T) -> u8
    where
        T: Into<u8> + Send + 'async_trait,
        Self: Sized,
    {
        key.into()
    }

    async fn named(&self, key: &'async_trait str) -> &'async_trait str {
        pause().await;
        key
    }

    async fn boxed(&self, key: Box<dyn Fn() -> u8 + Send + 'async_trait>) -> u8 {
        pause().await;
        key()
    }
}

impl Bounds for () {}

#[test]
fn bounds_everywhere() {
    in_every_place(|| {
        assert_eq!(Bounds::opaque_sync(&(), "a"), "a");
        assert_eq!(().nested_sync(vec![Some([1_u8, 2].into_iter()), None]), 3);
        assert_eq!(().clause_sync(3), 3);
        let bounds: &dyn Bounds = &();
        let key = String::from("a");
        assert_eq!(bounds.named_sync(&key), "a");
        assert_eq!(bounds.boxed_sync(Box::new(|| key.len() as u8)), 1);
    });
}

/// The attribute on methods alone. Theirs has rewritten them, too.
#[async_trait]
pub trait Methods: Send + Sync {
    #[sync_wrapper]
    async fn opaque(&self, key: impl Into<String> + Send) -> String
    where
        Self: Sized,
    {
        pause().await;
        key.into()
    }

    #[sync_wrapper]
    async fn get(&self, key: &str) -> usize;

    #[sync_wrapper]
    async fn version() -> u8
    where
        (): Sized;
}

#[async_trait]
impl Methods for () {
    async fn get(&self, key: &str) -> usize {
        pause().await;
        key.len()
    }

    async fn version() -> u8 {
        pause().await;
        1
    }
}

#[test]
fn methods_alone() {
    in_every_place(|| {
        assert_eq!(Methods::opaque_sync(&(), "a"), "a");
        assert_eq!(Methods::get_sync(&(), "a"), 1);
        assert_eq!(<()>::version_sync(), 1);
    });
}

/// Theirs under another name, and from another macro: above ours.
pub mod hidden {
    use super::sync_wrapper;
    use async_trait::async_trait as boxed;

    macro_rules! boxed_trait {
        ($item:item) => {
            #[boxed]
            #[sync_wrapper]
            $item
        };
    }

    #[boxed]
    #[sync_wrapper]
    pub trait Renamed {
        async fn count(&self, of: impl Iterator<Item = u8> + Send) -> usize
        where
            Self: Sized + Sync,
        {
            of.count()
        }
    }

    boxed_trait! {
        pub trait FromMacro {
            async fn count(&self, of: impl Iterator<Item = u8> + Send) -> usize
            where
                Self: Sized + Sync,
            {
                of.count()
            }
        }
    }

    #[cfg_attr(all(), boxed)]
    #[sync_wrapper]
    pub trait Conditional {
        async fn count(&self, of: impl Iterator<Item = u8> + Send) -> usize
        where
            Self: Sized + Sync,
        {
            of.count()
        }
    }

    impl Renamed for () {}
    impl FromMacro for () {}
    impl Conditional for () {}
}

#[test]
fn hidden_attributes() {
    in_every_place(|| {
        assert_eq!(hidden::Renamed::count_sync(&(), 0..3), 3);
        assert_eq!(hidden::FromMacro::count_sync(&(), 0..3), 3);
        assert_eq!(hidden::Conditional::count_sync(&(), 0..3), 3);
    });
}
