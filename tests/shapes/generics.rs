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

/// A future as an argument, by a pin.
#[sync_wrapper]
pub async fn poll_pinned(future: Pin<&mut impl Future<Output = u8>>) -> u8 {
    future.await
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
