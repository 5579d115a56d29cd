//! Type and const parameters, where clauses, `impl Trait` arguments.

use crate::{awaited, pause};
use std::fmt::{Debug, Display};
use std::future::Future;
use std::pin::Pin;
use sync_twin::sync_wrapper;

/// A parameter without `Send`, without `'static`.
#[sync_wrapper]
pub async fn same<T>(value: T) -> T {
    pause().await;
    value
}

/// A parameter that only the caller can name: the twin has to hand it on.
#[sync_wrapper]
pub async fn make<T: Default>() -> T {
    pause().await;
    T::default()
}

/// As above, with nothing at all to infer it from.
#[sync_wrapper]
pub async fn size<T>() -> usize {
    pause().await;
    size_of::<T>()
}

/// A const parameter.
#[sync_wrapper]
pub async fn zeros<const N: usize>() -> [u8; N] {
    pause().await;
    [0; N]
}

/// All kinds of parameters at once.
#[sync_wrapper]
pub async fn all<'a, T, const N: usize, U>(first: &'a [T; N], second: U) -> (Option<&'a T>, Vec<U>)
where
    T: PartialOrd,
    U: Clone + 'a,
    [T; N]: Debug,
    for<'b> &'b U: Debug,
{
    pause().await;
    (first.first(), vec![second; N])
}

/// A bound that is not `Sized`.
#[sync_wrapper]
pub async fn shown<T: Display + ?Sized>(value: &T) -> String {
    pause().await;
    value.to_string()
}

/// `impl Trait` as an argument.
#[sync_wrapper]
pub async fn total(numbers: impl IntoIterator<Item = u32>) -> u32 {
    pause().await;
    numbers.into_iter().sum()
}

/// `impl Trait` beside a parameter that has to be handed on.
#[sync_wrapper]
pub async fn convert<T: From<u8>>(numbers: impl IntoIterator<Item = u8>) -> Vec<T> {
    pause().await;
    numbers.into_iter().map(T::from).collect()
}

/// `impl Trait` inside other types.
#[sync_wrapper]
pub async fn inside(numbers: &mut impl Iterator<Item = u8>, more: Option<impl Into<u8>>) -> u8 {
    pause().await;
    numbers.sum::<u8>() + more.map_or(0, Into::into)
}

/// A callback.
#[sync_wrapper]
pub async fn apply<F>(callback: F, n: u32) -> u32
where
    F: FnOnce(u32) -> u32,
{
    pause().await;
    callback(n)
}

/// A callback that borrows.
#[sync_wrapper]
pub async fn lengths(texts: &[&str], length: impl Fn(&str) -> usize) -> Vec<usize> {
    pause().await;
    texts.iter().map(|text| length(text)).collect()
}

/// An async callback.
#[sync_wrapper]
pub async fn ask(question: &str, answer: impl AsyncFn(&str) -> String) -> String {
    answer(question).await
}

/// An async callback that changes what it captures.
#[sync_wrapper]
pub async fn repeat(mut times: u8, mut step: impl AsyncFnMut(u8)) {
    while times > 0 {
        step(times).await;
        times -= 1;
    }
}

/// A callback that returns a future.
#[sync_wrapper]
pub async fn chain<F, Fut>(start: u8, next: F) -> Fut::Output
where
    F: FnOnce(u8) -> Fut,
    Fut: Future,
{
    next(start).await
}

/// An async callback with bounds of its own, and a result that is computed.
///
/// # Errors
///
/// Those of the callback.
#[sync_wrapper]
pub async fn connect_with<R>(
    name: String,
    runtime: R,
    connect: impl AsyncFn(String, R) -> Result<Box<dyn Iterator<Item = <R as Kit>::Item>>, String>
    + Send
    + Sync
    + 'static,
) -> Result<Vec<R::Item>, String>
where
    R: Kit + Clone + 'static,
{
    pause().await;
    Ok(connect(name, runtime.clone()).await?.collect())
}

/// What a callback's result is computed from.
pub trait Kit {
    /// Part of the result.
    type Item;
}

impl Kit for u8 {
    type Item = char;
}

/// A callback whose boxed future borrows from its argument.
///
/// # Errors
///
/// Those of the callback.
#[sync_wrapper]
pub async fn after_connect(
    state: &mut Vec<u8>,
    callback: impl for<'c> Fn(&'c mut Vec<u8>, u8) -> BoxFuture<'c, Result<(), String>> + Send,
) -> Result<usize, String> {
    callback(state, 1).await?;
    callback(state, 2).await?;
    Ok(state.len())
}

/// What `futures` calls so, without `Send`.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

/// `impl Trait` in `impl Trait`, behind a reference, and in an option under a raw name.
#[sync_wrapper]
pub async fn update(
    topics: impl IntoIterator<Item = impl Into<String>>,
    body: &(impl Display + ?Sized),
    r#ref: Option<&impl AsRef<str>>,
) -> String {
    pause().await;
    let topics: Vec<String> = topics.into_iter().map(Into::into).collect();
    let r#ref = r#ref.map_or("-", AsRef::as_ref);
    format!("{} {body} {}", topics.join("+"), r#ref)
}

/// A clause about a type that is no parameter, and others about types that are computed.
///
/// # Errors
///
/// When there are more or fewer than asked for.
#[sync_wrapper]
pub async fn create<S, I, const N: usize>(configuration: S, all: I) -> Result<[u32; N], Vec<u32>>
where
    u32: From<S>,
    S: Copy,
    I: IntoIterator,
    I::IntoIter: ExactSizeIterator + DoubleEndedIterator,
    I::Item: Into<u32>,
    [u32; N]: TryFrom<Vec<u32>, Error = Vec<u32>>,
{
    pause().await;
    let all = all.into_iter().rev();
    all.map(|n| n.into() + u32::from(configuration))
        .collect::<Vec<_>>()
        .try_into()
}

/// The length of an array that is computed.
#[sync_wrapper]
pub async fn words<const N: usize>(
    bytes: [[u8; {
        const TWO: usize = 2;
        TWO
    }]; N],
) -> [u16; N]
where
    [(); N]: Sized,
{
    pause().await;
    bytes.map(u16::from_be_bytes)
}

/// A future as an argument, by a pin.
#[sync_wrapper]
pub async fn poll_pinned(future: Pin<&mut impl Future<Output = u8>>) -> u8 {
    future.await
}

#[test]
fn as_libraries_have_them() {
    let connected = connect_with_sync("ab".to_owned(), 1_u8, async |name, _| {
        pause().await;
        let chars: Vec<_> = name.chars().collect();
        Ok(Box::new(chars.into_iter()) as Box<dyn Iterator<Item = char>>)
    });
    assert_eq!(connected.unwrap(), ['a', 'b']);

    let mut state = Vec::new();
    let pushed = after_connect_sync(&mut state, |state, n| {
        Box::pin(async move {
            pause().await;
            state.push(n);
            Ok(())
        })
    });
    assert_eq!((pushed, state), (Ok(2), vec![1, 2]));

    let body: &dyn Display = &7;
    assert_eq!(update_sync(["a", "b"], body, Some(&"main")), "a+b 7 main");
    assert_eq!(update_sync(['a'], "x", None::<&String>), "a x -");

    assert_eq!(create_sync::<u8, _, 2>(1, [1_u16, 2]), Ok([3, 2]));
    assert_eq!(create_sync::<_, _, 3>('a', [1_u8]), Err(vec![98]));
    assert_eq!(words_sync([[0, 1], [1, 0]]), [1, 256]);
}

#[test]
fn type_parameters() {
    assert_eq!(same_sync("text"), awaited(same("text")));
    assert_eq!(same_sync(std::rc::Rc::new(1)), std::rc::Rc::new(1));
    assert_eq!(make_sync::<String>(), "");
    assert_eq!(size_sync::<u64>(), 8);
    assert_eq!(shown_sync("text"), "text");
}

#[test]
fn const_parameters() {
    assert_eq!(zeros_sync::<3>(), [0; 3]);
    assert_eq!(zeros_sync(), [0; 2]);
    assert_eq!(all_sync(&[1, 2], 'x'), (Some(&1), vec!['x', 'x']));
}

#[test]
fn impl_trait_arguments() {
    assert_eq!(total_sync([1, 2, 3]), 6);
    assert_eq!(convert_sync::<u16>([1, 2]), [1_u16, 2]);
    assert_eq!(inside_sync(&mut [1, 2].into_iter(), Some(3)), 6);
}

#[test]
fn callbacks() {
    assert_eq!(apply_sync(|n| n + 1, 1), 2);
    assert_eq!(lengths_sync(&["a", "bc"], str::len), [1, 2]);
    let name = String::from("twin");
    let answer = async |question: &str| format!("{question} {name}");
    assert_eq!(ask_sync("who?", answer), "who? twin");
    let mut seen = Vec::new();
    repeat_sync(2, async |n| seen.push(n));
    assert_eq!(seen, [2, 1]);
    assert_eq!(chain_sync(1, |n| async move { n + 1 }), 2);
    assert_eq!(poll_pinned_sync(std::pin::pin!(async { 3 })), 3);
}
