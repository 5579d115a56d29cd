//! Every kind of result.

use crate::{awaited, pause};
use std::fmt::Display;
use std::panic::{self, AssertUnwindSafe};
use std::rc::Rc;
use sync_twin::sync_wrapper;

/// `Result`, with `?`
///
/// # Errors
///
/// When the text is no number.
#[sync_wrapper]
pub async fn parse(text: &str) -> Result<u8, std::num::ParseIntError> {
    pause().await;
    let n = text.parse()?;
    Ok(n)
}

/// `Box<dyn Error>`
///
/// # Errors
///
/// When the text is no number.
#[sync_wrapper]
pub async fn parse_boxed(text: &str) -> Result<u8, Box<dyn std::error::Error + Send + Sync>> {
    pause().await;
    Ok(text.parse()?)
}

/// `Option`
#[sync_wrapper]
pub async fn some(n: u8) -> Option<u8> {
    pause().await;
    Some(n)
}

/// Not `Send`
#[sync_wrapper]
pub async fn counted(n: u8) -> Rc<u8> {
    pause().await;
    Rc::new(n)
}

/// A future that is not `Send`, of a result that is.
#[sync_wrapper]
pub async fn not_send_inside(n: u8) -> u8 {
    let n = Rc::new(n);
    pause().await;
    *n
}

/// `impl Trait`
#[sync_wrapper]
pub async fn evens(to: u32) -> impl Iterator<Item = u32> {
    pause().await;
    (0..to).step_by(2)
}

/// `impl Trait` that borrows from every argument.
#[sync_wrapper]
pub async fn both(left: &str, right: &str) -> impl Iterator<Item = char> {
    pause().await;
    left.chars().chain(right.chars())
}

/// `impl Trait` that says what it borrows.
#[sync_wrapper]
pub async fn precise<'a, T>(
    left: &'a [T],
    _right: &str,
) -> impl Iterator<Item = &'a T> + use<'a, T> {
    pause().await;
    left.iter()
}

/// `impl Trait` inside other types.
///
/// # Errors
///
/// Never.
#[sync_wrapper]
pub async fn nested(text: &str) -> Result<(impl Display + '_, Box<dyn Display + '_>), u8> {
    pause().await;
    Ok((text, Box::new(text)))
}

/// `impl Trait` that says so inside a `Result`.
///
/// # Errors
///
/// When there is nothing.
#[sync_wrapper]
pub async fn precise_inside<T: Clone>(
    all: &[T],
) -> Result<impl Iterator<Item = T> + '_ + use<'_, T>, String> {
    pause().await;
    match all {
        [] => Err("nothing".to_owned()),
        _ => Ok(all.iter().cloned()),
    }
}

/// `impl Trait` beside an `impl Trait` argument, which rules `use<…>` out.
#[sync_wrapper]
pub async fn mapped(numbers: impl IntoIterator<Item = &u8>) -> impl Iterator<Item = u16> {
    pause().await;
    numbers.into_iter().map(|n| u16::from(*n))
}

/// A closure
#[sync_wrapper]
pub async fn adder(a: u8) -> impl Fn(u8) -> u8 {
    pause().await;
    move |b| a + b
}

/// A closure that borrows.
#[sync_wrapper]
pub async fn starts(prefix: &str) -> impl Fn(&str) -> bool {
    pause().await;
    move |text| text.starts_with(prefix)
}

/// A fn pointer
#[sync_wrapper]
pub async fn pointer() -> fn(&str) -> usize {
    pause().await;
    str::len
}

/// A future
#[sync_wrapper]
#[allow(clippy::async_yields_async)]
pub async fn later(n: u8) -> impl Future<Output = u8> {
    pause().await;
    async move { n }
}

/// A tuple, an array, a unit that is written out
#[sync_wrapper]
#[allow(clippy::unused_unit)]
pub async fn unit() -> () {
    pause().await;
}

/// `!`
///
/// # Panics
///
/// Always.
#[sync_wrapper]
pub async fn never(message: &str) -> ! {
    pause().await;
    panic!("{message}")
}

/// A type that is computed.
#[sync_wrapper]
pub async fn projected<I: IntoIterator>(all: I) -> Option<<I as IntoIterator>::Item> {
    pause().await;
    all.into_iter().next()
}

#[test]
fn plain() {
    assert_eq!(parse_sync("1"), awaited(parse("1")));
    assert!(parse_sync("x").is_err());
    assert_eq!(parse_boxed_sync("2").unwrap(), 2);
    assert_eq!(some_sync(1), Some(1));
    assert_eq!(projected_sync([1, 2]), Some(1));
    unit_sync();
}

#[test]
fn not_send() {
    assert_eq!(*counted_sync(1), 1);
    assert_eq!(not_send_inside_sync(1), 1);
}

#[test]
fn impl_trait() {
    assert_eq!(evens_sync(5).collect::<Vec<_>>(), [0, 2, 4]);
    assert_eq!(both_sync("ab", "c").collect::<String>(), "abc");
    let left = [1, 2];
    let precise = {
        let right = String::new();
        precise_sync(&left, &right)
    };
    assert_eq!(precise.collect::<Vec<_>>(), [&1, &2]);
    assert_eq!(
        precise_inside_sync(&left).unwrap().collect::<Vec<_>>(),
        [1, 2]
    );
    let (opaque, boxed) = nested_sync("x").unwrap();
    assert_eq!(format!("{opaque}{boxed}"), "xx");
    assert_eq!(mapped_sync(&[1, 2]).sum::<u16>(), 3);
}

#[test]
fn callable() {
    assert_eq!(adder_sync(1)(2), 3);
    assert!(starts_sync("a")("ab"));
    assert_eq!(pointer_sync()("abc"), 3);
    assert_eq!(awaited(later_sync(1)), 1);
}

#[test]
fn never_returns() {
    let caught = panic::catch_unwind(AssertUnwindSafe(|| never_sync("over")));
    let Err(payload) = caught;
    assert_eq!(
        payload.downcast_ref::<String>().map(String::as_str),
        Some("over")
    );
}
