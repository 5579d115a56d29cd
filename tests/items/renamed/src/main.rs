//! Every item that can have the attribute, in a crate that knows sync-twin as `twins`.

#![deny(warnings)]

use async_trait::async_trait;
use futures_util::stream::{self, Stream};
use std::future::{Ready, ready};
use std::time::Duration;
use tokio::runtime::{Handle, Runtime};
use twins::sync_wrapper;

const LONG: Duration = Duration::from_secs(600);

struct Client(Handle);

#[sync_wrapper(crate = ::twins, timeout = LONG, runtime = self.0)]
impl Client {
    async fn one(&self) -> u8 {
        1
    }

    async fn two(&self) -> Option<impl Stream<Item = u8> + use<>> {
        Some(stream::iter(0..2))
    }
}

struct Plain;

#[sync_wrapper(crate = ::twins, type = BlockingPlain)]
impl Plain {
    pub async fn new() -> Self {
        Plain
    }

    pub async fn one(&self) -> u8 {
        1
    }

    pub fn two(&self) -> u8 {
        2
    }

    pub fn three(&self) -> impl Stream<Item = u8> + use<> {
        stream::iter(0..3)
    }

    #[sync_wrapper(timeout = LONG)]
    pub async fn four(&self) -> u8 {
        4
    }

    #[sync_wrapper(isolation = "always")]
    pub async fn five(&self) -> u8 {
        5
    }
}

#[sync_wrapper(crate = ::twins, extend = BlockingPlain)]
impl Plain {
    pub async fn six(&self) -> u8 {
        6
    }
}

#[sync_wrapper(crate = ::twins)]
#[async_trait]
trait Above: Sync {
    async fn above(&self) -> u8;
}

#[async_trait]
impl Above for u8 {
    async fn above(&self) -> u8 {
        *self
    }
}

#[async_trait]
#[sync_wrapper(crate = ::twins)]
trait Below: Sync {
    async fn below(&self) -> u8;
}

#[async_trait]
impl Below for u8 {
    async fn below(&self) -> u8 {
        *self
    }
}

#[sync_wrapper(crate = ::twins, flavor = "multi_thread", timeout = crate::LONG)]
mod api {
    use futures_util::stream::{self, BoxStream, StreamExt as _};

    pub(crate) async fn eight() -> u8 {
        8
    }

    #[sync_wrapper]
    pub(crate) async fn ten() -> u8 {
        10
    }

    pub(crate) trait Nine {
        #[sync_wrapper]
        fn nine(&self) -> BoxStream<'_, u8> {
            stream::iter(0..9).boxed()
        }
    }

    impl Nine for () {}
}

#[sync_wrapper(crate = ::twins, output = u8)]
fn eleven() -> Ready<u8> {
    ready(11)
}

impl Plain {
    #[sync_wrapper(crate = ::twins, associated)]
    async fn lone(n: u8) -> Result<u8, String> {
        Ok(n)
    }
}

fn main() {
    use api::Nine as _;

    let runtime = Runtime::new().expect("a runtime can be started");
    let client = Client(runtime.handle().clone());
    let two = client.two_sync().ok().flatten().map(Iterator::count);
    println!("block {:?}, {two:?} items", client.one_sync());

    let plain = BlockingPlain::new();
    println!(
        "blocking type {}, {}, {} items, {:?}, {}, {}",
        plain.one(),
        plain.two(),
        plain.three().count(),
        plain.four(),
        plain.five(),
        plain.six()
    );
    println!("async_trait {}, {}", 7.above_sync(), 7.below_sync());
    let (eight, ten) = (api::eight_sync(), api::ten_sync());
    println!(
        "module {eight:?}, {} items, {ten:?}",
        ().nine_sync().count()
    );
    println!("future {}", eleven_sync());
    println!("lone {:?}", Plain::lone_sync(12));
}
