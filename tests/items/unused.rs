//! What nobody uses: generated code must not be reported, and what is not generated must be.
//!
//! Everything is private here, and all there is to see is that the file compiles without a warning.

use crate::pause;
use futures::stream::{self, Stream};
use sync_twin::sync_wrapper;

struct Client;

#[sync_wrapper]
impl Client {
    async fn used(&self) -> u8 {
        pause().await;
        1
    }

    async fn used_by_its_twin(&self) -> u8 {
        pause().await;
        2
    }

    #[expect(dead_code)]
    async fn unused(&self) {}
}

impl Client {
    #[sync_wrapper]
    async fn lone(&self) -> u8 {
        pause().await;
        3
    }

    #[sync_wrapper(associated)]
    async fn lone_used_by_its_twin() -> u8 {
        pause().await;
        4
    }
}

#[expect(dead_code)]
impl Client {
    fn reported() {}
}

struct Neighbours;

/// Of twins that stand among others, nobody hears; of the others, everybody.
#[expect(dead_code)]
impl Neighbours {
    #[sync_wrapper]
    async fn method(&self) -> u8 {
        pause().await;
        11
    }

    #[sync_wrapper(associated)]
    async fn function() -> u8 {
        pause().await;
        12
    }

    fn reported() {}
}

#[sync_wrapper]
#[expect(dead_code)]
trait Provided {
    async fn method(&self) -> u8 {
        pause().await;
        13
    }

    fn reported(&self) {}
}

impl Provided for Neighbours {}

#[sync_wrapper]
trait Store {
    async fn get(&self) -> u8;

    async fn get_twice(&self) -> u8 {
        self.get().await * 2
    }
}

impl Store for Client {
    async fn get(&self) -> u8 {
        pause().await;
        5
    }
}

#[sync_wrapper]
mod module {
    use super::{pause, sync_wrapper};

    /// The only attribute here that the import was for, and rustc never sees it.
    #[sync_wrapper(name = renamed)]
    pub(super) async fn used() -> u8 {
        pause().await;
        6
    }

    pub(super) async fn used_by_its_twin<T: From<u8>>() -> T {
        pause().await;
        T::from(7)
    }
}

#[sync_wrapper]
mod other_module {
    #[cfg(test)]
    use sync_twin::sync_wrapper;
    #[cfg(not(test))]
    use sync_twin::{Context, sync_wrapper};

    impl super::Client {
        #[sync_wrapper(skip)]
        pub(super) async fn skipped(&self) {}

        pub(super) async fn not_skipped(&self) -> u8 {
            14
        }
    }
}

#[sync_wrapper]
async fn free() -> u8 {
    pause().await;
    8
}

#[sync_wrapper]
async fn used_by_its_twin() -> u8 {
    pause().await;
    9
}

#[sync_wrapper]
#[expect(dead_code)]
async fn unused() {}

#[sync_wrapper]
fn items() -> impl Stream<Item = u8> {
    stream::iter([1])
}

#[sync_wrapper(type = BlockingClient)]
impl Client {
    pub(crate) async fn of_the_type(&self) -> u8 {
        pause().await;
        10
    }
}

struct Ended;

#[sync_wrapper(type = BlockingEnded, close = end)]
impl Ended {
    /// Only a `Drop` calls it.
    async fn end(&self) -> u8 {
        15
    }
}

struct SometimesEnded;

#[sync_wrapper(type = BlockingSometimesEnded, close = end)]
impl SometimesEnded {
    #[cfg(not(test))]
    async fn end(&self) {}
}

#[test]
fn only_some_are_used() {
    use futures::StreamExt as _;

    #[sync_wrapper]
    async fn used_by_its_twin_in_a_fn(n: impl Into<u8>) -> u8 {
        pause().await;
        n.into()
    }

    #[sync_wrapper]
    async fn used_in_a_fn(n: u8) -> u8 {
        pause().await;
        n
    }

    let sum = sync_twin::block_on(async {
        let client = Client;
        client.skipped().await;
        client.used().await
            + client.lone().await
            + client.get_twice().await
            + module::used().await
            + free().await
            + client.of_the_type().await
            + used_in_a_fn(1).await
            + Neighbours.method().await
            + Neighbours::function().await
            + Provided::method(&Neighbours).await
            + items().collect::<Vec<_>>().await[0]
    });
    assert_eq!(sum, 1 + 3 + 10 + 6 + 8 + 10 + 1 + 11 + 12 + 13 + 1);
    let sum = Client.used_by_its_twin_sync()
        + Client::lone_used_by_its_twin_sync()
        + module::renamed()
        + Client.not_skipped_sync()
        + module::used_by_its_twin_sync::<u8>()
        + used_by_its_twin_sync()
        + used_by_its_twin_in_a_fn_sync(1);
    assert_eq!(sum, 2 + 4 + 6 + 14 + 7 + 9 + 1);
    drop(BlockingEnded::from(Ended));
    drop(BlockingSometimesEnded::from(SometimesEnded).into_inner());
}

macro_rules! make {
    ($name:ident, $blocking:ident) => {
        #[derive(Default)]
        pub struct $name;

        #[sync_wrapper(type = $blocking)]
        impl $name {
            pub fn new() -> Self {
                $name
            }

            pub async fn get(&self) -> u8 {
                1
            }
        }
    };
}

make!(Made, BlockingMade);

/// What clippy asks of a type with a `new` is asked of the async one.
#[test]
fn lints_about_the_methods_of_a_type() {
    assert_eq!(BlockingMade::new().get(), 1);
}
