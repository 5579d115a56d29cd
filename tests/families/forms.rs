//! What the library does not need: fields, maps on fns and modules, constants, every depth, callbacks that panic.

use crate::everywhere;
use futures_util::stream::{self, BoxStream, StreamExt as _};
use std::io::Read as _;
use std::sync::Arc;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use sync_twin::{Elapsed, sync_wrapper};
use tokio::runtime::{Handle, Runtime};
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

#[sync_wrapper(extend = BlockingPart, fields(limit), timeout = self.limit)]
impl Part {
    pub async fn wait_longer(&self) {
        std::future::pending().await
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
        assert!(part.wait_longer().is_err());
        // A method of the async type of this name.
        assert!(part.limited().is_err());
        assert_eq!(part, part.clone());
        assert_ne!(part, BlockingPart::new(3));
        assert_eq!(BlockingPart::default(), BlockingPart::new(0));
        assert_eq!(BlockingPart::MOST, Part::MOST);
    });
}

/// A builder by value, whose methods return it in different ways.
#[derive(Clone, Debug, PartialEq)]
pub struct Steps(Vec<u8>);

#[sync_wrapper(type = BlockingSteps, derive(Clone, Debug, PartialEq), fields(label: &'static str = "new"), read = next)]
impl Steps {
    pub fn three() -> Self {
        Steps(vec![1, 2, 3])
    }

    pub fn plain(mut self, n: u8) -> Self {
        self.0.push(n);
        self
    }

    pub async fn awaited(self) -> Self {
        yield_now().await;
        self
    }

    pub fn checked(self, ok: bool) -> Result<Self, u8> {
        if ok { Ok(self) } else { Err(7) }
    }

    pub async fn maybe(self, is_some: bool) -> Option<Box<Self>> {
        yield_now().await;
        is_some.then(|| Box::new(self))
    }

    pub fn with_length(self) -> (usize, Self) {
        (self.0.len(), self)
    }

    /// There is no telling which of them is the one that the method was called on.
    pub fn both(self) -> [Self; 2] {
        [self.clone(), self]
    }

    pub fn either(self, ok: bool) -> Result<Self, Self> {
        if ok { Ok(self) } else { Err(self) }
    }

    pub fn other(first: Self) -> Self {
        first
    }

    pub fn panics(self) -> Self {
        std::panic::resume_unwind(Box::new("on purpose"))
    }

    pub async fn next(&mut self) -> Result<Option<Vec<u8>>, std::io::Error> {
        yield_now().await;
        Ok(Some(std::mem::take(&mut self.0)).filter(|bytes| !bytes.is_empty()))
    }
}

#[test]
fn what_gives_back_the_receiver_keeps_the_rest_of_it() {
    everywhere(|| {
        let mut steps = BlockingSteps::three();
        steps.label = "mine";
        steps.read_exact(&mut [0; 1]).unwrap();
        let steps = steps.plain(4).awaited().checked(true).unwrap();
        let steps = *steps.maybe(true).unwrap();
        let (length, mut steps) = steps.with_length();
        assert_eq!((length, steps.label), (1, "mine"));
        // What was received, and then what was added.
        let mut rest = Vec::new();
        steps.read_to_end(&mut rest).unwrap();
        assert_eq!(rest, [2, 3, 4]);

        assert_eq!(steps.clone().checked(false), Err(7));
        assert!(steps.clone().maybe(false).is_none());
        let caught = std::panic::AssertUnwindSafe(|| drop(steps.clone().panics()));
        assert!(std::panic::catch_unwind(caught).is_err());
        let labels = steps.clone().both().map(|one| one.label);
        assert_eq!(labels, ["new", "new"]);
        for ok in [true, false] {
            let mut mine = steps.clone();
            mine.label = "mine";
            let (Ok(steps) | Err(steps)) = mine.either(ok);
            assert_eq!(steps.label, "mine");
        }
        assert_eq!(BlockingSteps::other(steps).label, "new");
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
    #[allow(clippy::needless_arbitrary_self_type)]
    pub fn this(self: &mut Self) -> &mut Self {
        self
    }

    pub fn successor(&mut self) -> &mut Self {
        if self.next.is_none() {
            return self;
        }
        self.next.as_mut().unwrap()
    }
}

#[test]
fn another_receiver_is_reported() {
    let end = || Chain { next: None };
    BlockingChain::from(end()).successor().this().successor();
    let mut chain = BlockingChain::from(Chain {
        next: Some(Box::new(end())),
    });
    let next = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let _ = chain.successor();
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

#[derive(Default)]
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

/// Types that come through `macro_rules!` are in invisible groups.
macro_rules! of_types {
    ($pool:ty, $blocking_pool:ident, $lease:path, $blocking_lease:path) => {
        #[sync_wrapper(type = $blocking_pool, map($lease = $blocking_lease))]
        impl<T> $pool {
            pub async fn lease(&self) -> Option<Lease<'_, T>> {
                yield_now().await;
                Some(Lease(&self.0))
            }
        }

        #[sync_wrapper(extend = $blocking_pool)]
        impl<T> $pool {
            pub async fn same(self) -> Pool<T> {
                yield_now().await;
                self
            }
        }
    };
}

pub struct Pool<T>(T);
pub struct Lease<'a, T>(&'a T);

of_types!(Pool<T>, BlockingPool, Lease, BlockingLease);

/// The bound on `T` is implied for the type, but not for the block.
#[deny(explicit_outlives_requirements)]
mod outlives {
    use super::{Lease, sync_wrapper, yield_now};

    #[sync_wrapper(type = BlockingLease)]
    impl<'a, T: 'a> Lease<'a, T> {
        pub async fn value(&self) -> &'a T {
            yield_now().await;
            self.0
        }

        pub async fn again(self) -> Option<Self>
        where
            Self: Sized,
            T: Sized,
        {
            yield_now().await;
            Some(self)
        }
    }
}
pub use outlives::BlockingLease;

#[test]
fn types_out_of_a_macro() {
    everywhere(|| {
        let pool: BlockingPool<u8> = BlockingPool::from(Pool(5)).same();
        let lease: BlockingLease<'_, u8> = pool.lease().unwrap();
        let lease: BlockingLease<'_, u8> = lease.again().unwrap();
        assert_eq!(*lease.value(), 5);
    });
}

/// A builder in a trait.
#[sync_wrapper(trait = BlockingSetting, for(BlockingWhole))]
pub trait Setting: Sized {
    fn set(&mut self, value: u8) -> &mut Self;
    fn try_set(&mut self, value: u8) -> impl Future<Output = Result<&mut Self, u8>> + Send;
}

/// Parameters that no value of an implementor names, with defaults.
#[sync_wrapper(type = AnySetting, derive(Debug))]
pub trait AnyOf<'a, T = u8, const N: usize = 2>: Sized {
    fn add(&mut self, value: [T; N]) -> &mut Self;
    fn sum(&self, more: &'a T) -> impl Future<Output = usize> + Send;
    fn twice(self) -> impl Future<Output = Option<Self>> + Send
    where
        Self: Clone;
}

impl Setting for Whole {
    fn set(&mut self, _: u8) -> &mut Self {
        self
    }

    async fn try_set(&mut self, value: u8) -> Result<&mut Self, u8> {
        yield_now().await;
        (value > 0).then_some(self).ok_or(value)
    }
}

#[derive(Clone, Debug)]
pub struct Sum(usize);

impl<'a> AnyOf<'a> for Sum {
    fn add(&mut self, value: [u8; 2]) -> &mut Self {
        self.0 += usize::from(value[0] + value[1]);
        self
    }

    async fn sum(&self, more: &'a u8) -> usize {
        yield_now().await;
        self.0 + usize::from(*more)
    }

    async fn twice(self) -> Option<Self> {
        yield_now().await;
        Some(Sum(self.0 * 2))
    }
}

#[test]
fn traits_with_parameters() {
    everywhere(|| {
        let mut sum: AnySetting<'_, u8, 2, _> = AnySetting::from(Sum(1));
        assert_eq!(sum.add([1, 2]).add([3, 4]).sum(&5), 16);
        assert_eq!(sum.twice().unwrap().into_inner().0, 22);
        let mut whole = BlockingWhole::from(Whole);
        assert!(whole.set(1).try_set(2).unwrap().try_set(0).is_err());
    });
}

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().unwrap());

fn ids() -> BoxStream<'static, tokio::runtime::Id> {
    stream::once(async { Handle::current().id() }).boxed()
}

/// Several streams in one result.
pub struct Streams;

#[sync_wrapper(type = BlockingStreams, runtime = RUNTIME)]
impl Streams {
    pub async fn many(&self) -> Vec<BoxStream<'static, tokio::runtime::Id>> {
        vec![ids(), ids()]
    }

    pub async fn either(
        &self,
        is_ok: bool,
    ) -> Result<
        (
            BoxStream<'static, tokio::runtime::Id>,
            BoxStream<'static, tokio::runtime::Id>,
        ),
        BoxStream<'static, tokio::runtime::Id>,
    > {
        is_ok.then(|| (ids(), ids())).ok_or_else(ids)
    }
}

#[test]
fn several_streams_share_a_runtime() {
    everywhere(|| {
        let streams = BlockingStreams::from(Streams);
        let mut all: Vec<_> = streams.many().into_iter().flatten().collect();
        let (first, second) = streams.either(true).ok().unwrap();
        all.extend(
            first
                .chain(second)
                .chain(streams.either(false).err().unwrap()),
        );
        assert_eq!(all, [RUNTIME.handle().id(); 5]);
    });
}

/// Of a method whose generic parameters differ from its declaration, only the declared result says what it returns.
mod far {
    pub struct Source;

    impl Source {
        pub async fn make<T: Default>(&self) -> Result<T, u8> {
            tokio::task::yield_now().await;
            Ok(T::default())
        }

        pub async fn add<N: Into<u64>, T: Default + Into<u64>>(&self, more: N) -> (T, u64) {
            tokio::task::yield_now().await;
            (T::default(), more.into() + T::default().into())
        }
    }
}

#[sync_wrapper(type = BlockingSource, foreign)]
impl far::Source {
    pub async fn make<T: Default>(&self) -> Result<T, u8>;
    pub async fn add<T: Default + Into<u64>>(&self, more: impl Into<u64>) -> (T, u64);
}

#[test]
fn the_declared_result_decides() {
    everywhere(|| {
        let source = BlockingSource::from(far::Source);
        assert_eq!(source.make::<u8>(), Ok(0));
        assert_eq!(source.add::<u32>(5_u8), (0, 5));
    });
}
