//! Lifetimes: named, elided, and those that only an async fn may elide.

use crate::{awaited, pause};
use std::borrow::Cow;
use std::cell::{Ref, RefCell};
use std::fmt::{Debug, Display};
use sync_twin::sync_wrapper;

/// The result borrows from the one argument.
#[sync_wrapper]
pub async fn trim(text: &str) -> &str {
    pause().await;
    text.trim()
}

/// The result borrows from one argument of two.
#[sync_wrapper]
pub async fn pick<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    pause().await;
    text.strip_prefix(prefix)
}

/// One lifetime outlives another, and a parameter outlives both.
#[sync_wrapper]
pub async fn related<'long: 'short, 'short, T>(long: &'long T, short: &'short T) -> [&'short T; 2]
where
    T: 'long + ?Sized,
{
    pause().await;
    [long, short]
}

/// `'_` in a path.
#[sync_wrapper]
pub async fn cell(cell: &RefCell<u8>) -> Ref<'_, u8> {
    pause().await;
    cell.borrow()
}

/// `'_` in a trait object.
#[sync_wrapper]
pub async fn object(value: Box<dyn Display + '_>) -> String {
    pause().await;
    value.to_string()
}

/// A borrowed trait object.
#[sync_wrapper]
pub async fn borrowed_object(value: &mut (dyn Iterator<Item = u8> + '_)) -> Option<u8> {
    pause().await;
    value.next()
}

/// Elided in an `impl Trait` argument: by reference, in a path, in a trait object, in a bound.
#[sync_wrapper]
pub async fn elided(
    texts: impl IntoIterator<Item = &str>,
    cows: impl IntoIterator<Item = Cow<'_, str>>,
    objects: impl IntoIterator<Item = Box<dyn Display + '_>>,
    last: impl Display + '_,
) -> String {
    pause().await;
    let mut all = String::new();
    all.extend(texts);
    all.extend(cows);
    all.extend(objects.into_iter().map(|object| object.to_string()));
    all + &last.to_string()
}

/// Elided below the `impl Trait` and above it.
#[sync_wrapper]
pub async fn elided_around(
    numbers: &mut impl Iterator<Item = &u8>,
    pairs: (impl AsRef<[&u8]>, &u8),
    nested: Option<impl IntoIterator<Item = impl IntoIterator<Item = &u8>>>,
) -> u8 {
    pause().await;
    let nested: u8 = nested.into_iter().flatten().flatten().sum();
    numbers.sum::<u8>() + pairs.0.as_ref().iter().copied().sum::<u8>() + pairs.1 + nested
}

/// Elided beside declared lifetimes, whose place in the list comes first.
#[sync_wrapper]
pub async fn elided_beside<'a, T: Copy + 'static, const N: usize>(
    array: &'a [T; N],
    more: impl IntoIterator<Item = &T>,
) -> (&'a [T], Vec<T>) {
    pause().await;
    (array, more.into_iter().copied().collect())
}

/// Lifetimes of a callee are none of the fn's.
#[sync_wrapper]
pub async fn of_the_callee(
    text: &str,
    shorten: impl Fn(&str) -> &str,
    pointer: impl Into<Option<fn(&str) -> &str>>,
    quantified: impl for<'a> Fn(&'a str) -> &'a str,
) -> String {
    pause().await;
    let text = shorten(text);
    let text = pointer.into().map_or(text, |pointer| pointer(text));
    quantified(text).to_owned()
}

/// `'static`, in and out.
#[sync_wrapper]
pub async fn forever(text: &'static str) -> &'static str {
    pause().await;
    text
}

/// Names that the macro would give itself.
#[sync_wrapper]
pub async fn taken<'twin0>(one: &'twin0 u8, more: impl Iterator<Item = &u8>) -> &'twin0 u8 {
    pause().await;
    more.for_each(drop);
    one
}

/// A lifetime of a bound that nothing else names.
#[sync_wrapper]
pub async fn quantified<F>(debug: F) -> String
where
    F: for<'a> Fn(&'a str) -> Box<dyn Debug + 'a>,
{
    pause().await;
    format!("{:?}", debug("x"))
}

#[test]
fn results_that_borrow() {
    let text = String::from(" ab ");
    assert_eq!(trim_sync(&text), awaited(trim(&text)));
    let picked = {
        let prefix = String::from(" a");
        pick_sync(&text, &prefix)
    };
    assert_eq!(picked, Some("b "));
    assert_eq!(related_sync("x", "y"), ["x", "y"]);
    assert_eq!(*cell_sync(&RefCell::new(1)), 1);
    assert_eq!(forever_sync("x"), "x");
}

#[test]
fn trait_objects() {
    let text = String::from("x");
    assert_eq!(object_sync(Box::new(&text)), "x");
    assert_eq!(borrowed_object_sync(&mut [1, 2].into_iter()), Some(1));
}

#[test]
fn elided_in_impl_trait() {
    let text = String::from("b");
    let all = elided_sync(
        ["a"],
        [Cow::Borrowed(text.as_str())],
        [Box::new(1) as Box<dyn Display>],
        &text,
    );
    assert_eq!(all, "ab1b");
    let nested = [[&1, &2]];
    assert_eq!(
        elided_around_sync(&mut [1, 2].iter(), ([&3], &4), Some(nested)),
        13
    );
    assert_eq!(elided_beside_sync(&[1, 2], &[3]), (&[1, 2][..], vec![3]));
    assert_eq!(
        of_the_callee_sync(" x ", str::trim, None, str::trim_end),
        "x"
    );
    assert_eq!(taken_sync(&1, [2].iter()), &1);
    assert_eq!(quantified_sync(|text| Box::new(text)), "\"x\"");
}
