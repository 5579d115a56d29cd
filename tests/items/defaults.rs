//! Options of a whole trait or module: defaults for what is in it.
#![allow(async_fn_in_trait)]

use crate::places::{in_every_place, multi_thread};
use async_trait::async_trait;
use std::future::pending;
use std::sync::Arc;
use std::thread::{self, ThreadId};
use std::time::Duration;
use sync_twin::sync_wrapper;

/// Not a measure of speed: only for what completes at once.
const LONG: Duration = Duration::from_secs(600);
const SHORT: Duration = Duration::from_millis(5);

#[sync_wrapper(timeout = self.patience())]
#[async_trait]
pub trait Patient: Send + Sync {
    fn patience(&self) -> Duration;

    async fn get(&self, key: u8) -> u8;

    async fn hang(&self) {
        pending().await
    }

    #[sync_wrapper(timeout = LONG)]
    async fn get_at_leisure(&self, key: u8) -> u8 {
        self.get(key).await
    }
}

#[async_trait]
impl Patient for Duration {
    fn patience(&self) -> Duration {
        *self
    }

    async fn get(&self, key: u8) -> u8 {
        crate::pause().await;
        key + 1
    }
}

#[test]
fn a_timeout_for_a_trait() {
    in_every_place(|| {
        let patient: Arc<dyn Patient> = Arc::new(LONG);
        assert_eq!(patient.get_sync(1), Ok(2));
        let impatient: Arc<dyn Patient> = Arc::new(SHORT);
        assert!(impatient.hang_sync().is_err());
        assert_eq!(impatient.get_at_leisure_sync(1), Ok(2));
    });
}

#[sync_wrapper(isolation = "always", suffix = "_now")]
pub trait Far: Sync {
    async fn far(&self) -> ThreadId {
        crate::pause().await;
        thread::current().id()
    }

    #[sync_wrapper(isolation = "never")]
    async fn near(&self) -> ThreadId {
        crate::pause().await;
        thread::current().id()
    }
}

impl Far for () {}

#[test]
fn isolation_and_names_for_a_trait() {
    assert_ne!(().far_now(), thread::current().id());
    assert_eq!(().near_now(), thread::current().id());
}

#[sync_wrapper(runtime = handle, timeout = crate::defaults::LONG)]
pub mod api {
    use futures_util::stream::{self, Stream, StreamExt as _};
    use tokio::runtime::{Handle, Id};

    #[sync_wrapper(skip)]
    async fn here() -> Id {
        crate::pause().await;
        Handle::current().id()
    }

    pub async fn free(handle: &Handle) -> (Id, Id) {
        (here().await, handle.id())
    }

    pub struct Client {
        pub handle: Handle,
    }

    #[sync_wrapper(runtime = self.handle)]
    impl Client {
        pub async fn method(&self) -> Id {
            here().await
        }

        pub async fn items(&self) -> impl Stream<Item = Id> + Send + use<> {
            stream::iter(0..2).then(async |_| here().await).boxed()
        }
    }

    #[sync_wrapper(type = BlockingClient, runtime = self.handle)]
    impl Client {
        pub async fn id(&self) -> Id {
            here().await
        }
    }

    pub trait Visit {
        async fn visit(&self, handle: &Handle) -> (Id, Id) {
            (here().await, handle.id())
        }
    }

    impl Visit for () {}

    pub mod inner {
        use super::{Handle, Id, here};

        pub async fn deep(handle: &Handle) -> (Id, Id) {
            (here().await, handle.id())
        }
    }
}

#[test]
fn a_runtime_and_a_timeout_for_a_module() {
    use api::Visit as _;
    let runtime = multi_thread();
    let handle = runtime.handle();
    let id = handle.id();
    assert_eq!(api::free_sync(handle), Ok((id, id)));
    assert_eq!(api::inner::deep_sync(handle), Ok((id, id)));
    assert_eq!(().visit_sync(handle), Ok((id, id)));
    let client = api::Client {
        handle: handle.clone(),
    };
    assert_eq!(client.method_sync(), Ok(id));
    assert_eq!(client.items_sync().unwrap().collect::<Vec<_>>(), [id, id]);
    assert_eq!(api::BlockingClient::from(client).id(), Ok(id));
}
