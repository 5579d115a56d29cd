//! Options and items together.

use crate::places::{in_every_place, kept, multi_thread};
use async_trait::async_trait;
use futures_util::future::BoxFuture;
use futures_util::stream::{self, BoxStream, Stream, StreamExt as _};
use std::future::pending;
use std::sync::Arc;
use std::time::Duration;
use sync_twin::{Elapsed, sync_wrapper};
use tokio::runtime::{Handle, Id};

const SHORT: Duration = Duration::from_millis(5);

/// The ids of the runtimes in whose context the items are made.
fn ids() -> impl Stream<Item = Id> + Send {
    stream::iter(0..2)
        .then(async |_| {
            crate::pause().await;
            Handle::current().id()
        })
        .boxed()
}

#[sync_wrapper(runtime = handle)]
pub fn in_runtime(handle: &Handle) -> impl Stream<Item = Id> + use<> {
    assert_eq!(handle.id(), Handle::current().id());
    ids()
}

#[sync_wrapper(runtime = handle, timeout = Duration::from_secs(600))]
pub async fn all_at_once(handle: &Handle) -> Result<impl Stream<Item = Id> + use<>, Id> {
    crate::pause().await;
    if handle.id() == Handle::current().id() {
        Ok(ids())
    } else {
        Err(handle.id())
    }
}

#[sync_wrapper(timeout = SHORT, isolation = "always")]
pub async fn slow_stream() -> Option<impl Stream<Item = u8> + Send> {
    pending::<()>().await;
    Some(stream::empty())
}

#[sync_wrapper(flavor = "multi_thread", timeout = SHORT)]
pub fn slow_future() -> BoxFuture<'static, u8> {
    Box::pin(pending())
}

#[test]
fn streams_in_a_runtime() {
    in_every_place(|| {
        let runtime = kept(multi_thread());
        let id = runtime.handle().id();
        assert_eq!(
            in_runtime_sync(runtime.handle()).collect::<Vec<_>>(),
            [id, id]
        );
        let items = all_at_once_sync(runtime.handle()).unwrap().unwrap();
        assert_eq!(items.collect::<Vec<_>>(), [id, id]);
    });
}

#[test]
fn timeouts_of_everything() {
    in_every_place(|| {
        assert!(slow_stream_sync().is_err());
        assert_eq!(
            slow_future_sync(),
            Err::<u8, Elapsed>(slow_future_sync().unwrap_err())
        );
    });
}

pub struct Client {
    handle: Handle,
    limit: Duration,
}

#[sync_wrapper(type = BlockingClient, runtime = self.handle, timeout = self.limit)]
impl Client {
    #[sync_wrapper(skip)]
    pub async fn new(handle: Handle, limit: Duration) -> Self {
        Self { handle, limit }
    }

    pub async fn fork(&self, limit: Duration) -> Result<Self, String> {
        crate::pause().await;
        if self.limit == limit {
            return Err(String::from("no change"));
        }
        Ok(Self {
            handle: self.handle.clone(),
            limit,
        })
    }

    pub async fn id(&self) -> Id {
        crate::pause().await;
        Handle::current().id()
    }

    pub async fn hang(&self) {
        pending().await
    }

    pub fn limit(&self) -> Duration {
        self.limit
    }
}

#[test]
fn a_blocking_type_with_options() {
    let runtime = multi_thread();
    let client = Client {
        handle: runtime.handle().clone(),
        limit: SHORT,
    };
    let client = BlockingClient::from(client);
    assert!(client.hang().is_err());
    assert_eq!(client.limit(), SHORT);
    let long = Duration::from_secs(600);
    let client: BlockingClient = loop {
        // On a loaded machine it may take longer than that.
        if let Ok(client) = client.fork(long) {
            break client.unwrap();
        }
    };
    assert_eq!(client.id(), Ok(runtime.handle().id()));
    assert_eq!(
        client.fork(long).unwrap().err().as_deref(),
        Some("no change")
    );
    let again = sync_twin::block_on(Client::new(runtime.handle().clone(), SHORT));
    assert_eq!(again.limit(), SHORT);
}

#[sync_wrapper]
pub mod library {
    use super::{Arc, async_trait};
    use futures_util::stream::{self, Stream};

    #[async_trait]
    pub trait Backend: Send + Sync {
        async fn call(&self, text: &str) -> String;
    }

    pub struct Echo;

    #[async_trait]
    impl Backend for Echo {
        async fn call(&self, text: &str) -> String {
            crate::pause().await;
            text.to_owned()
        }
    }

    pub struct Service {
        pub backend: Arc<dyn Backend>,
    }

    #[sync_wrapper(type = BlockingService, derive(Clone))]
    impl Service {
        pub async fn open() -> Self {
            Self {
                backend: Arc::new(Echo),
            }
        }

        pub async fn call(&self, text: &str) -> String {
            self.backend.call(text).await
        }

        pub fn letters<'a>(&self, text: &'a str) -> impl Stream<Item = char> + use<'a> {
            stream::iter(text.chars())
        }
    }

    impl Clone for Service {
        fn clone(&self) -> Self {
            Self {
                backend: self.backend.clone(),
            }
        }
    }
}

#[test]
fn a_module_with_everything() {
    use library::Backend as _;
    let backend: Arc<dyn library::Backend> = Arc::new(library::Echo);
    assert_eq!(backend.call_sync("text"), "text");
    let service = library::BlockingService::open().clone();
    assert_eq!(service.call("text"), "text");
    assert_eq!(service.letters("abc").collect::<String>(), "abc");
    assert_eq!(library::Echo.call_sync("e"), "e");
}

macro_rules! define {
    ($type:ident, $name:ident, $visibility:vis, $body:block) => {
        pub struct $type;

        #[sync_wrapper]
        impl $type {
            $visibility async fn $name(&self) -> u8 $body
        }
    };
}

define!(Defined, number, pub, { 7 });

#[test]
fn blocks_from_macros() {
    assert_eq!(Defined.number_sync(), 7);
}

/// A method that borrows in its stream, and one that takes a callback.
pub struct Table(Vec<u8>);

#[sync_wrapper]
impl Table {
    pub async fn rows<'a, T: PartialOrd<u8> + 'a>(
        &'a self,
        above: T,
    ) -> Result<impl Stream<Item = &'a u8> + 'a + use<'a, T>, ()> {
        Ok(stream::iter(self.0.iter().filter(move |row| above < **row)))
    }

    pub async fn with<R>(&mut self, change: impl AsyncFnOnce(&mut Vec<u8>) -> R) -> R {
        change(&mut self.0).await
    }

    #[sync_wrapper]
    pub fn reversed(&self) -> BoxStream<'_, &u8> {
        stream::iter(self.0.iter().rev()).boxed()
    }
}

#[test]
fn borrowing_streams() {
    let mut table = Table(vec![1, 2, 3]);
    assert_eq!(table.rows_sync(1).unwrap().collect::<Vec<_>>(), [&2, &3]);
    assert_eq!(table.with_sync(async |rows| rows.pop()), Some(3));
    assert_eq!(table.reversed_sync().collect::<Vec<_>>(), [&2, &1]);
}
