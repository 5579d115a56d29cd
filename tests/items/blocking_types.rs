//! Types that block: derives, generics, visibility, further blocks, streams, and results of every kind. For one in
//! use, see `resp`.

use crate::pause;
use crate::places::in_every_place;
use futures_util::stream::{self, BoxStream, Stream};
use std::fmt::{Debug, Display};
use std::marker::PhantomData;
use std::panic::Location;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use sync_twin::sync_wrapper;
use tokio::runtime::Handle;
use tokio::task::{JoinHandle, spawn};

/// Counts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Counter {
    n: u32,
}

#[sync_wrapper(type = BlockingCounter, derive(Clone, Debug, Default, PartialEq))]
impl Counter {
    pub const STEP: u32 = 2;

    /// A counter at `n`.
    pub const fn new(n: u32) -> Self {
        Self { n }
    }

    pub async fn open(n: u32) -> Self {
        pause().await;
        Self { n }
    }

    pub async fn checked(n: u32) -> Result<Self, String> {
        pause().await;
        if n > 9 {
            Err(n.to_string())
        } else {
            Ok(Self { n })
        }
    }

    pub async fn maybe(n: u32) -> Option<Counter> {
        pause().await;
        (n > 0).then_some(Counter { n })
    }

    pub async fn count(&mut self) -> u32 {
        pause().await;
        self.n += Self::STEP;
        self.n
    }

    pub const fn n(&self) -> u32 {
        self.n
    }

    pub fn plus(mut self, other: &Self) -> Self {
        self.n += other.n;
        self
    }

    pub async fn is(&self, other: Self) -> bool {
        pause().await;
        *self == other
    }

    pub fn upward(&self) -> impl Stream<Item = u32> + use<> {
        stream::iter(self.n..self.n + 3)
    }

    pub fn downward(&self) -> BoxStream<'_, u32> {
        Box::pin(stream::iter((0..self.n).rev()))
    }

    pub fn later(&self) -> impl Future<Output = u32> {
        async { self.n + 100 }
    }

    #[sync_wrapper(name = wait)]
    pub async fn r#await(&self) -> u32 {
        self.n
    }

    #[sync_wrapper(skip)]
    pub async fn skipped(&self) {}

    #[sync_wrapper(timeout = Duration::from_millis(5))]
    pub async fn hang(&self) -> u32 {
        std::future::pending().await
    }

    #[expect(dead_code, reason = "only what can be seen is taken over")]
    async fn private(&self) {}
}

/// What the blocking type has not been given.
impl BlockingCounter {
    fn skipped(&self) -> &'static str {
        "by hand"
    }

    fn private(&self) -> &'static str {
        "by hand"
    }
}

#[test]
fn methods_that_it_does_not_have() {
    let counter = BlockingCounter::new(1);
    assert_eq!(counter.skipped(), "by hand");
    assert_eq!(counter.private(), "by hand");
}

#[test]
fn methods_under_their_own_names() {
    let mut counter = BlockingCounter::open(1);
    assert_eq!(counter.count(), 3);
    assert_eq!(counter.n(), 3);
    assert_eq!(counter.wait(), 3);
    assert_eq!(counter.later(), 103);
    assert!(counter.hang().is_err());
    assert_eq!(counter.upward().collect::<Vec<_>>(), [3, 4, 5]);
    assert_eq!(counter.downward().collect::<Vec<_>>(), [2, 1, 0]);
    assert_eq!(counter.as_async(), &Counter { n: 3 });
    sync_twin::block_on(counter.into_inner().skipped());
}

#[test]
fn results_are_wrapped() {
    let one: BlockingCounter = BlockingCounter::new(1);
    let checked: Result<BlockingCounter, String> = BlockingCounter::checked(1);
    assert_eq!(checked.as_ref(), Ok(&one));
    assert_eq!(BlockingCounter::checked(10), Err(String::from("10")));
    assert_eq!(BlockingCounter::maybe(1), Some(one.clone()));
    assert_eq!(BlockingCounter::maybe(0), None);
}

#[test]
fn derives_on_request() {
    let counter = BlockingCounter::default();
    assert_eq!(counter.clone(), counter);
    assert!(format!("{counter:?}").starts_with("BlockingCounter"));
}

/// An argument `Self` is one of the type that the method belongs to.
#[test]
fn arguments_of_the_type() {
    let counter = BlockingCounter::new(1);
    assert!(counter.is(BlockingCounter::new(1)));
    let sum: BlockingCounter = counter.plus(&BlockingCounter::new(4));
    assert_eq!(sum.n(), 5);
}

pub struct Shelf<'a, T: ?Sized, const N: usize>
where
    T: Display,
{
    items: [&'a T; N],
    label: String,
}

#[sync_wrapper(type = pub(crate) BlockingShelf)]
impl<'a, T: ?Sized, const N: usize> Shelf<'a, T, N>
where
    T: Display,
{
    pub async fn new(items: [&'a T; N]) -> Self {
        pause().await;
        let label = String::from("shelf");
        Self { items, label }
    }

    pub async fn item(&self, index: usize) -> Option<&'a T> {
        pause().await;
        self.items.get(index).copied()
    }

    pub async fn label(&mut self) -> &mut String {
        &mut self.label
    }

    pub async fn shown<R: From<String>>(&self, between: impl Display) -> R {
        let all: Vec<_> = self.items.iter().map(ToString::to_string).collect();
        R::from(all.join(&between.to_string()))
    }

    pub fn all<'s>(&'s self) -> impl Stream<Item = &'a T> + use<'s, 'a, T, N> {
        stream::iter(self.items)
    }
}

/// For some of the types only.
#[sync_wrapper(extend = BlockingShelf)]
impl<'a, const N: usize> Shelf<'a, str, N> {
    pub async fn length(&self) -> usize {
        pause().await;
        self.items.iter().map(|item| item.len()).sum()
    }
}

#[test]
fn generics() {
    let mut shelf = BlockingShelf::new(["a", "bc"]);
    assert_eq!(shelf.item(1), Some("bc"));
    shelf.label().push('!');
    assert_eq!(shelf.label(), "shelf!");
    assert_eq!(shelf.shown::<String>('-'), "a-bc");
    assert_eq!(shelf.all().collect::<String>(), "abc");
    assert_eq!(shelf.length(), 3);
}

pub mod elsewhere {
    use super::pause;
    use sync_twin::sync_wrapper;

    #[derive(Clone)]
    pub struct Handle<T>(pub T);

    #[sync_wrapper(type = BlockingHandle, derive(Clone))]
    impl<T: Clone> Handle<T> {
        pub async fn get(&self) -> T {
            pause().await;
            self.0.clone()
        }
    }

    pub mod inside {
        use sync_twin::sync_wrapper;

        /// By a path.
        #[sync_wrapper(extend = super::BlockingHandle)]
        impl super::Handle<u8> {
            pub async fn doubled(&self) -> u8 {
                self.0 * 2
            }
        }
    }
}

#[test]
fn further_blocks() {
    let handle = elsewhere::BlockingHandle::from(elsewhere::Handle(4_u8));
    assert_eq!(handle.clone().get(), 4);
    assert_eq!(handle.doubled(), 8);
}

pub struct View<'a>(&'a str, PhantomData<()>);

#[sync_wrapper(type = BlockingView)]
impl View<'_> {
    pub async fn text(&self) -> &str {
        pause().await;
        self.0
    }
}

#[test]
fn an_elided_lifetime() {
    let text = String::from("text");
    let view = BlockingView::from(View(&text, PhantomData));
    assert_eq!(view.text(), "text");
}

/// Methods that have the names which a blocking type has anyway.
pub struct Wrapper(Arc<u8>);

#[sync_wrapper(type = BlockingWrapper)]
impl Wrapper {
    pub async fn into_inner(self) -> Arc<u8> {
        pause().await;
        self.0
    }
}

#[test]
fn names_that_are_taken() {
    let wrapper = BlockingWrapper::from(Wrapper(Arc::new(3)));
    assert_eq!(*wrapper.as_async().0, 3);
    assert_eq!(*wrapper.into_inner(), 3);
}

fn assert_debug<T: Debug + Send + Sync>() {}

#[test]
fn markers_come_from_the_async_type() {
    assert_debug::<BlockingCounter>();
}

/// The impl blocks of a type may stand in many modules.
pub mod handles {
    use sync_twin::sync_wrapper;

    pub struct Handle(pub(super) u8);

    #[sync_wrapper(type = BlockingHandle)]
    impl Handle {
        pub async fn get(&self) -> u8 {
            self.0
        }
    }
}

pub mod doubled {
    use super::handles;
    use sync_twin::sync_wrapper;

    #[sync_wrapper(extend = handles::BlockingHandle)]
    impl handles::Handle {
        pub async fn doubled(&self) -> u8 {
            self.0 * 2
        }

        pub async fn merged(&self, other: Self, more: &handles::Handle) -> Self {
            handles::Handle(self.0 + other.0 + more.0)
        }
    }
}

#[test]
fn blocks_in_other_modules() {
    let handle = || handles::BlockingHandle::from(handles::Handle(2));
    assert_eq!((handle().get(), handle().doubled()), (2, 4));
    assert_eq!(handle().merged(handle(), &handle()).get(), 6);
}

/// Spawns where nothing is async: when it is made, in a method, and when it is dropped.
#[derive(Debug)]
pub struct Pool {
    first: JoinHandle<u8>,
    dropped: Arc<Dropped>,
}

/// How many pools have been dropped, inside and outside a runtime.
#[derive(Debug, Default)]
pub struct Dropped {
    inside: AtomicUsize,
    outside: AtomicUsize,
}

impl Drop for Pool {
    fn drop(&mut self) {
        if Handle::try_current().is_err() {
            self.dropped.outside.fetch_add(1, Ordering::Relaxed);
            return;
        }
        spawn(async {});
        self.dropped.inside.fetch_add(1, Ordering::Relaxed);
    }
}

#[sync_wrapper(type = BlockingPool, derive(Debug))]
impl Pool {
    pub fn lazy(dropped: &Arc<Dropped>) -> Self {
        let dropped = dropped.clone();
        let first = spawn(async { 1 });
        Self { first, dropped }
    }

    pub fn checked(dropped: Option<&Arc<Dropped>>) -> Option<Self> {
        dropped.map(Self::lazy)
    }

    pub fn spawn(&self, n: u8) -> JoinHandle<u8> {
        spawn(async move { n })
    }

    /// What it returns borrows from what it takes.
    pub fn respawn(&mut self) -> &mut JoinHandle<u8> {
        self.first = spawn(async { 2 });
        &mut self.first
    }

    pub fn map<'a, T: ?Sized, R>(&'a self, with: &'a T, map: impl FnOnce(&Self, &'a T) -> R) -> R {
        spawn(async {});
        map(self, with)
    }

    /// # Safety
    ///
    /// None.
    pub unsafe fn unchecked(&self) -> JoinHandle<()> {
        spawn(async {})
    }

    #[deprecated]
    #[expect(clippy::boxed_local)]
    pub fn old(self: Box<Self>) -> Arc<Dropped> {
        spawn(async {});
        self.dropped.clone()
    }

    #[track_caller]
    pub fn place(&self) -> &'static Location<'static> {
        Location::caller()
    }

    pub fn give_up(&self) -> ! {
        spawn(async {});
        panic!("given up")
    }

    pub async fn join(&mut self) -> u8 {
        (&mut self.first).await.unwrap()
    }

    pub async fn close(self) -> usize {
        let dropped = self.dropped.clone();
        drop(self);
        dropped.inside.load(Ordering::Relaxed)
    }
}

#[test]
fn sync_methods_that_spawn() {
    in_every_place(|| {
        let dropped = Arc::new(Dropped::default());
        let mut pool = BlockingPool::lazy(&dropped);
        assert_eq!(pool.join(), 1);
        assert_eq!(sync_twin::block_on(pool.spawn(5)).unwrap(), 5);
        pool.respawn();
        assert_eq!(pool.join(), 2);
        assert_eq!(pool.map("ab", |_, text| text.len()), 2);
        // SAFETY: nothing is asked for.
        sync_twin::block_on(unsafe { pool.unchecked() }).unwrap();
        let place = pool.place();
        assert_eq!((place.file(), place.line()), (file!(), line!() - 1));
        #[allow(deprecated)]
        Box::new(BlockingPool::checked(Some(&dropped)).unwrap()).old();
        assert_eq!(pool.close(), 2);
    });
}

#[test]
fn methods_that_do_not_return() {
    let pool = BlockingPool::lazy(&Arc::default());
    let call = std::panic::AssertUnwindSafe(|| pool.give_up());
    let panic = std::panic::catch_unwind(call).unwrap_err();
    assert_eq!(panic.downcast_ref(), Some(&"given up"));
}

#[test]
fn a_drop_that_spawns() {
    let dropped = Arc::new(Dropped::default());
    let all = dropped.clone();
    in_every_place(move || {
        let mut pool = BlockingPool::lazy(&all);
        // The one that is written over, too.
        pool = BlockingPool::from(pool.into_inner());
        let _ = std::mem::replace(&mut pool, BlockingPool::lazy(&all));
    });
    assert_eq!(dropped.outside.load(Ordering::Relaxed), 0);
    let inside = dropped.inside.load(Ordering::Relaxed);
    assert!(inside > 2 && inside % 2 == 0, "{inside}");
}

/// A panic on its way out drops what it passes.
#[test]
fn dropped_by_a_panic() {
    let dropped = Arc::new(Dropped::default());
    let pool = BlockingPool::lazy(&dropped);
    let call = std::panic::AssertUnwindSafe(|| {
        let _pool = pool;
        panic!("on purpose")
    });
    assert!(std::panic::catch_unwind(call).is_err());
    assert_eq!(dropped.inside.load(Ordering::Relaxed), 1);
}

/// From then on it is a value like any other: async code knows how to drop it.
#[test]
fn what_has_been_taken_out() {
    let dropped = Arc::new(Dropped::default());
    drop(BlockingPool::lazy(&dropped).into_inner());
    assert_eq!(dropped.inside.load(Ordering::Relaxed), 0);
    assert_eq!(dropped.outside.load(Ordering::Relaxed), 1);
}

#[test]
fn it_prints_what_it_printed() {
    let counter = format!("{:?}", BlockingCounter::new(1));
    assert_eq!(counter, "BlockingCounter { inner: Counter { n: 1 } }");
}

/// What is `const` stays so.
const fn twice(counter: &BlockingCounter) -> u32 {
    2 * counter.n()
}

#[test]
fn constant_methods() {
    assert_eq!(twice(&BlockingCounter::new(4)), 8);
}

/// Everything that can be derived and is in the standard library, but for `Copy`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version(u8, Vec<u8>);

#[sync_wrapper(
    type = BlockingVersion,
    derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)
)]
impl Version {
    pub async fn major(&self) -> u8 {
        self.0
    }

    pub const fn raise(&mut self) {
        self.0 += 1;
    }
}

#[test]
fn all_derives() {
    let first = BlockingVersion::default();
    let mut second = first.clone();
    second.raise();
    assert!(first < second && first.cmp(&second).is_lt() && second.major() == 1);
    assert_eq!(
        std::collections::HashSet::from([first.clone(), first]).len(),
        1
    );
}
