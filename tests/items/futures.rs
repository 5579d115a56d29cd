//! Fns that return futures.

use crate::pause;
use crate::places::in_every_place;
use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, LocalBoxFuture};
use std::future::{Future, ready};
use std::panic::Location;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;
use sync_twin::sync_wrapper;

#[sync_wrapper]
pub fn bare(n: u8) -> impl Future<Output = u8> {
    async move {
        pause().await;
        n + 1
    }
}

#[sync_wrapper]
pub fn send<'a>(text: &'a str) -> impl Future<Output = &'a str> + Send + 'a {
    async move {
        pause().await;
        &text[1..]
    }
}

#[sync_wrapper]
pub fn captures<'a, T: ToString>(
    text: &'a str,
    _other: &str,
    extra: T,
) -> impl Future<Output = String> + use<'a, T> {
    async move { format!("{text}{}", extra.to_string()) }
}

#[sync_wrapper]
pub fn pinned<'a>(text: &'a str) -> Pin<Box<dyn Future<Output = Result<&'a str, u8>> + Send + 'a>> {
    Box::pin(async move {
        pause().await;
        text.get(1..).ok_or(1)
    })
}

#[sync_wrapper]
pub fn boxed(n: &u8) -> BoxFuture<'_, u8> {
    async move {
        pause().await;
        n * 2
    }
    .boxed()
}

#[sync_wrapper]
pub fn local(n: Rc<u8>) -> LocalBoxFuture<'static, Rc<u8>> {
    async move {
        pause().await;
        n
    }
    .boxed_local()
}

pub struct Countdown(u8);

impl Future for Countdown {
    type Output = &'static str;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<&'static str> {
        if self.0 == 0 {
            return Poll::Ready("zero");
        }
        self.0 -= 1;
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

#[sync_wrapper(output = &'static str)]
pub fn count_down(from: u8) -> Countdown {
    Countdown(from)
}

pub struct Timer;

impl Timer {
    #[sync_wrapper(output = &'static str)]
    pub fn wait(&self) -> Countdown {
        Countdown(2)
    }

    #[sync_wrapper]
    pub fn doubled<'a>(&'a self, n: &'a u8) -> impl Future<Output = u8> + 'a {
        async move {
            pause().await;
            n * 2
        }
    }
}

/// What `async-trait` writes, by hand.
#[sync_wrapper]
pub trait Lookup {
    #[sync_wrapper]
    fn find<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Option<usize>>;

    #[sync_wrapper]
    fn count(&self) -> Pin<Box<dyn Future<Output = usize> + '_>> {
        Box::pin(async {
            pause().await;
            0
        })
    }
}

impl Lookup for [&str] {
    fn find<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Option<usize>> {
        async move {
            pause().await;
            self.iter().position(|other| *other == name)
        }
        .boxed()
    }
}

impl Lookup for Vec<&str> {
    fn find<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Option<usize>> {
        self.as_slice().find(name)
    }

    fn count(&self) -> Pin<Box<dyn Future<Output = usize> + '_>> {
        Box::pin(async { self.len() })
    }
}

#[test]
fn through_dyn() {
    crate::places::in_every_place(|| {
        let lookup: Box<dyn Lookup> = Box::new(vec!["a", "b"]);
        assert_eq!(lookup.find_sync("b"), Some(1));
        assert_eq!(lookup.count_sync(), 2);
        assert_eq!(["a"][..].count_sync(), 0);
    });
}

#[test]
fn impl_future() {
    assert_eq!(bare_sync(1), 2);
    assert_eq!(send_sync("abc"), "bc");
    let text = String::from("a");
    assert_eq!(captures_sync(&text, &String::from("b"), 3), "a3");
}

#[test]
fn boxes() {
    assert_eq!(pinned_sync("abc"), Ok("bc"));
    assert_eq!(pinned_sync(""), Err(1));
    assert_eq!(boxed_sync(&4), 8);
    assert_eq!(*local_sync(Rc::new(5)), 5);
}

#[test]
fn other_types() {
    assert_eq!(count_down_sync(3), "zero");
    assert_eq!(Timer.wait_sync(), "zero");
    assert_eq!(Timer.doubled_sync(&3), 6);
}

#[test]
fn inside_a_current_thread_runtime() {
    crate::places::current_thread().block_on(async {
        assert_eq!(bare_sync(1), 2);
        assert_eq!(pinned_sync("abc"), Ok("bc"));
        assert_eq!(*local_sync(Rc::new(5)), 5);
        assert_eq!(count_down_sync(3), "zero");
    });
}

/// What becomes a future when it is awaited, such as a builder of requests.
#[sync_wrapper]
pub fn into_future(n: u8) -> impl IntoFuture<Output = u8, IntoFuture: Send> {
    std::future::ready(n)
}

#[test]
fn what_becomes_a_future() {
    in_every_place(|| assert_eq!(into_future_sync(3), 3));
}

/// Where it is called.
#[sync_wrapper]
#[track_caller]
fn caller(patience: Duration) -> impl Future<Output = (u32, Duration)> {
    let line = Location::caller().line();
    // It is built where there is a runtime.
    let sleep = tokio::time::sleep(Duration::from_millis(1));
    async move {
        sleep.await;
        (line, patience)
    }
}

#[sync_wrapper(timeout = patience, isolation = "always")]
#[track_caller]
fn caller_isolated(patience: Duration, future: u8) -> impl Future<Output = (u32, u8)> + Send {
    let line = Location::caller().line();
    assert!(patience > Duration::ZERO);
    async move { (line, future) }
}

#[sync_wrapper]
#[track_caller]
fn caller_of_local(value: Rc<u8>) -> LocalBoxFuture<'static, (u32, u8)> {
    ready((Location::caller().line(), *value)).boxed_local()
}

#[test]
fn they_learn_who_calls_the_twin() {
    let second = Duration::from_secs(60);
    let check = move || {
        assert_eq!(caller_sync(second), (line!(), second));
        assert_eq!(caller_isolated_sync(second, 7), Ok((line!(), 7)));
        assert_eq!(caller_of_local_sync(Rc::new(7)), (line!(), 7));
    };
    check();
    in_every_place(check);
}

/// As rustc advises to write async fns of public traits. In a block they need no attribute of their own.
#[sync_wrapper]
pub trait Load {
    fn load(&self, id: u8) -> impl Future<Output = Result<u8, String>> + Send;

    fn both(&self) -> impl Future<Output = u8> + Send
    where
        Self: Sync,
    {
        async { self.load(1).await.unwrap_or(0) + self.load(2).await.unwrap_or(0) }
    }
}

#[sync_wrapper]
pub trait LoadBoxed {
    fn load<'a>(
        &'a self,
        ids: &'a [u8],
    ) -> Pin<Box<dyn Future<Output = Option<&'a u8>> + Send + 'a>>;
}

pub struct Shelf;

impl Load for Shelf {
    async fn load(&self, id: u8) -> Result<u8, String> {
        pause().await;
        id.checked_mul(10).ok_or(format!("no {id}"))
    }
}

impl LoadBoxed for Shelf {
    fn load<'a>(
        &'a self,
        ids: &'a [u8],
    ) -> Pin<Box<dyn Future<Output = Option<&'a u8>> + Send + 'a>> {
        Box::pin(async move {
            pause().await;
            ids.last()
        })
    }
}

#[sync_wrapper]
impl Shelf {
    pub fn count(&self) -> BoxFuture<'_, usize> {
        async { 3 }.boxed()
    }

    pub fn empty(&self) -> BoxFuture<'_, bool> {
        async { self.count().await == 0 }.boxed()
    }

    /// Somebody knows a shorter way.
    pub fn empty_sync(&self) -> &'static str {
        "never"
    }
}

#[test]
fn fns_of_blocks() {
    assert_eq!(Load::load_sync(&Shelf, 2), Ok(20));
    assert_eq!(Load::load_sync(&Shelf, 200), Err(String::from("no 200")));
    assert_eq!(Shelf.both_sync(), 30);
    let boxed: &dyn LoadBoxed = &Shelf;
    assert_eq!(boxed.load_sync(&[1, 2]), Some(&2));
    assert_eq!((Shelf.count_sync(), Shelf.empty_sync()), (3, "never"));
}

/// An alias that only shares its name with the one of `futures`.
mod alias {
    use crate::pause;
    use std::future::Future;
    use std::pin::Pin;
    use sync_twin::sync_wrapper;

    pub(super) type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, String>> + Send + 'a>>;

    pub(super) struct Text(pub(super) &'static str);

    #[sync_wrapper]
    impl Text {
        pub(super) fn first(&self) -> BoxFuture<'_, char> {
            self.nth(0)
        }

        #[sync_wrapper(output = Result<char, String>)]
        pub(super) fn second(&self) -> BoxFuture<'_, char> {
            self.nth(1)
        }
    }

    #[sync_wrapper]
    pub(super) trait Nth {
        fn nth(&self, n: usize) -> BoxFuture<'_, char>;

        fn all<'a, T: From<char> + Send + 'a>(&'a self, n: usize) -> BoxFuture<'a, Vec<T>>
        where
            Self: Sync,
        {
            Box::pin(async move {
                let mut all = Vec::new();
                for n in 0..n {
                    all.push(self.nth(n).await?.into());
                }
                Ok(all)
            })
        }
    }

    impl Nth for Text {
        fn nth(&self, n: usize) -> BoxFuture<'_, char> {
            Box::pin(async move {
                pause().await;
                self.0.chars().nth(n).ok_or(format!("no character {n}"))
            })
        }
    }
}

#[test]
fn an_alias_of_the_crate() {
    use alias::{Nth, Text};
    in_every_place(|| {
        let text = Text("ab");
        assert_eq!(text.first_sync(), Ok('a'));
        assert_eq!(text.second_sync(), Ok('b'));
        let nth: &dyn Fn(usize) -> Result<char, String> = &|n| text.nth_sync(n);
        assert_eq!(nth(2), Err("no character 2".to_owned()));
        assert_eq!(text.all_sync::<u32>(2), Ok(vec![97, 98]));
    });
}
