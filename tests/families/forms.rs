//! What the library does not need: fields, maps on fns and modules, constants, every depth, callbacks that panic.

use crate::everywhere;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use sync_twin::{Elapsed, sync_wrapper};
use tokio::task::yield_now;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Part(u32);

#[sync_wrapper(
    type = BlockingPart,
    derive(Clone, Debug, Default, PartialEq),
    fields(
        /// How long a call waits.
        pub limit: Option<Duration> = Some(Duration::from_secs(60)),
        calls: u32,
    ),
    timeout = self.limit
)]
impl Part {
    pub const MOST: u32 = 99;
    const HIDDEN: u32 = 7;

    pub const fn new(n: u32) -> Self {
        Part(n)
    }

    pub async fn n(&self) -> u32 {
        yield_now().await;
        self.0 + Self::HIDDEN - Self::HIDDEN
    }

    pub async fn wait(&mut self) {
        std::future::pending().await
    }

    #[sync_wrapper(timeout = self.limit())]
    pub async fn limited(&self) {
        std::future::pending().await
    }

    fn limit(&self) -> Duration {
        Duration::from_millis(u64::from(self.0))
    }
}

#[test]
fn fields_are_beside_the_async_value() {
    everywhere(|| {
        let mut part = BlockingPart::new(3);
        assert_eq!((part.limit, part.calls), (Some(Duration::from_secs(60)), 0));
        assert_eq!(part.n(), Ok(3));
        part.limit = Some(Duration::from_millis(1));
        part.calls += 1;
        let elapsed: Result<(), Elapsed> = part.wait();
        assert!(elapsed.is_err());
        // A method of the async type of this name.
        assert!(part.limited().is_err());
        assert_eq!(part, part.clone());
        assert_ne!(part, BlockingPart::new(3));
        assert_eq!(BlockingPart::default(), BlockingPart::new(0));
        assert_eq!(BlockingPart::MOST, Part::MOST);
    });
}

pub struct Whole;

type Failure = (Part, &'static str);

#[sync_wrapper(type = BlockingWhole, map(Part = BlockingPart))]
impl Whole {
    pub async fn parts(&self) -> Result<Vec<(u8, Option<Part>)>, Failure> {
        yield_now().await;
        Ok(vec![(0, Some(Part(1))), (1, None)])
    }

    pub async fn three(&self) -> Box<[Part; 3]> {
        yield_now().await;
        Box::new([1, 2, 3].map(Part))
    }

    pub async fn fails(&self) -> Result<u8, (Part, &'static str)> {
        yield_now().await;
        Err((Part(5), "five"))
    }

    pub async fn sum(&self, first: &Part, last: Option<&mut Part>, parts: Vec<(u8, Part)>) -> u32 {
        yield_now().await;
        let last = last.map_or(0, |last| {
            last.0 += 1;
            last.0
        });
        first.0 + last + parts.iter().map(|(_, part)| part.0).sum::<u32>()
    }

    pub async fn by_callback(&self, call: impl Fn(&Part) -> u32 + Send) -> u32 {
        yield_now().await;
        call(&Part(4))
    }

    pub async fn take(&self, part: impl Into<Part> + Send) -> u32 {
        yield_now().await;
        part.into().0
    }

    #[sync_wrapper(unset(map))]
    pub async fn shared(&self) -> Arc<Part> {
        yield_now().await;
        Arc::new(Part(6))
    }
}

#[test]
fn at_any_depth() {
    everywhere(|| {
        let whole = BlockingWhole::from(Whole);
        let parts: Vec<(u8, Option<BlockingPart>)> = whole.parts().unwrap();
        assert_eq!(parts[0].1.as_ref().unwrap().n(), Ok(1));
        let [_, _, third]: [BlockingPart; 3] = *whole.three();
        assert_eq!(third.n(), Ok(3));
        let (five, _): (BlockingPart, _) = whole.fails().unwrap_err();
        assert_eq!(five.n(), Ok(5));
        let mut last = BlockingPart::new(10);
        let parts = vec![(0, BlockingPart::new(100)), (1, five)];
        assert_eq!(whole.sum(&third, Some(&mut last), parts), 3 + 11 + 105);
        assert_eq!(last.n(), Ok(11));
        assert_eq!(whole.by_callback(|part| part.0), 4);
        assert_eq!(whole.take(BlockingPart::new(8)), 8);
        assert_eq!(whole.shared().0, 6);
    });
}

#[sync_wrapper(map(Part = BlockingPart))]
pub async fn part(n: u32) -> Option<Part> {
    yield_now().await;
    (n > 0).then_some(Part(n))
}

#[sync_wrapper(map(super::Part = super::BlockingPart))]
pub mod parts {
    use tokio::task::yield_now;

    pub async fn both(first: super::Part, last: &super::Part) -> super::Part {
        yield_now().await;
        super::Part(first.0 + last.0)
    }
}

#[test]
fn a_map_on_a_fn_and_on_a_module() {
    everywhere(|| {
        let part: BlockingPart = part_sync(2).unwrap();
        let both: BlockingPart = parts::both_sync(BlockingPart::new(3), &part);
        assert_eq!(both.n(), Ok(5));
    });
}

/// A method of a builder that returns another one than it was called on.
pub struct Chain {
    next: Option<Box<Chain>>,
}

#[sync_wrapper(type = BlockingChain)]
impl Chain {
    pub fn next(&mut self) -> &mut Self {
        if self.next.is_none() {
            return self;
        }
        self.next.as_mut().unwrap()
    }
}

#[test]
fn another_receiver_is_reported() {
    let end = || Chain { next: None };
    BlockingChain::from(end()).next().next();
    let mut chain = BlockingChain::from(Chain {
        next: Some(Box::new(end())),
    });
    let next = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let _ = chain.next();
    }));
    let message = next.unwrap_err();
    let message = message.downcast_ref::<String>().unwrap();
    assert!(
        message.contains("another `") && message.contains("skip"),
        "{message}"
    );
}

/// On a thread that drives a runtime, a call of a blocking trait is isolated: its thread is another one.
#[sync_wrapper(trait = BlockingPlace, for(BlockingHere), map(Here = BlockingHere))]
pub trait Place {
    const NAME: &'static str;
    type Id: Send + PartialEq;

    fn open() -> impl Future<Output = Self> + Send;
    fn thread(&self) -> impl Future<Output = Self::Id> + Send;
    fn close(self) -> u8;
}

pub struct Here;

impl Place for Here {
    const NAME: &'static str = "here";
    type Id = std::thread::ThreadId;

    async fn open() -> Self {
        yield_now().await;
        Here
    }

    async fn thread(&self) -> Self::Id {
        yield_now().await;
        std::thread::current().id()
    }

    fn close(self) -> u8 {
        7
    }
}

#[sync_wrapper(type = BlockingHere)]
impl Here {
    pub fn new() -> Self {
        Here
    }
}

#[test]
fn a_blocking_trait_has_what_the_async_one_has() {
    everywhere(|| {
        let here: BlockingHere = BlockingPlace::open();
        here.thread();
        assert_eq!(<BlockingHere as BlockingPlace>::NAME, "here");
        assert_eq!(here.close(), 7);
    });
    let driver = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let (here, thread) = (std::thread::current().id(), |here: BlockingHere| {
        here.thread()
    });
    assert!(driver.block_on(async { thread(BlockingHere::new()) }) != here);
    assert!(thread(BlockingHere::new()) == here);
}

/// Callbacks run where the async fn runs them. One that panics reaches the caller, and one that calls twins works.
#[test]
fn callbacks() {
    everywhere(|| {
        let whole = BlockingWhole::from(Whole);
        let calls = AtomicU32::new(0);
        let nested = whole.by_callback(|part| {
            calls.fetch_add(1, Ordering::Relaxed);
            BlockingPart::from(part.clone()).n().unwrap() + part_sync(2).unwrap().n().unwrap()
        });
        assert_eq!((nested, calls.into_inner()), (6, 1));
        let panics = std::panic::AssertUnwindSafe(|| {
            whole.by_callback(|_| std::panic::resume_unwind(Box::new("callback")))
        });
        let panic = std::panic::catch_unwind(panics).unwrap_err();
        assert_eq!(panic.downcast_ref::<&str>(), Some(&"callback"));
        assert_eq!(whole.by_callback(|part| part.0), 4);
    });
}

#[test]
fn one_call_of_an_async_fn_that_is_not_yours() {
    async fn length(text: &str) -> usize {
        yield_now().await;
        text.len()
    }
    everywhere(|| {
        let text = String::from("text");
        assert_eq!(sync_twin::block_on_with(|| length(&text)), 4);
    });
    let driver = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let here = std::thread::current().id();
    let isolated = driver
        .block_on(async { sync_twin::block_on_with(|| async { std::thread::current().id() }) });
    assert_ne!(isolated, here);
}
