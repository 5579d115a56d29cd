//! Lifetimes: named, elided, and those that only an async fn may elide.

use crate::{awaited, pause};
use std::borrow::Cow;
use std::cell::{BorrowError, Ref, RefCell};
use std::fmt::{Debug, Display};
use std::rc::Rc;
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

/// What a query runs on, as drivers of databases have it.
pub trait Executor<'c> {
    /// Of which database.
    type Row: 'c;

    /// Runs it.
    fn run(self, text: &str) -> Vec<Self::Row>;
}

impl<'c> Executor<'c> for &'c [u8] {
    type Row = &'c u8;

    fn run(self, text: &str) -> Vec<&'c u8> {
        self.iter().take(text.len()).collect()
    }
}

/// A query with a lifetime of its own.
pub struct Query<'q, O>(pub &'q str, pub Option<O>);

impl<'q, O> Query<'q, O> {
    /// Lifetimes of the fn and of its type, bounded by one another, and tuples that outlive them.
    ///
    /// # Errors
    ///
    /// When there is none.
    #[sync_wrapper]
    pub async fn fetch_one<'e, 'c: 'e, E>(self, executor: E) -> Result<O, &'q str>
    where
        'q: 'e,
        E: 'e + Executor<'c, Row = O>,
        O: 'e,
        (O,): 'e,
    {
        pause().await;
        executor.run(self.0).pop().ok_or(self.0)
    }
}

/// A guard, that is elided from a pointer to `Self`.
#[derive(Default)]
pub struct Pool(RefCell<u8>);

impl Pool {
    /// The lifetime of the receiver's reference, not one of `Self`
    ///
    /// # Errors
    ///
    /// When it is borrowed mutably.
    #[sync_wrapper]
    pub async fn acquire(self: &Rc<Self>, _other: &str) -> Result<Ref<'_, u8>, BorrowError> {
        pause().await;
        self.0.try_borrow()
    }

    /// In a box, with a marker, beside another that is elided
    #[sync_wrapper]
    pub async fn addresses(&self, text: &str) -> Box<dyn Iterator<Item = char> + '_> {
        pause().await;
        let n = *self.0.borrow();
        let chars: Vec<_> = text.chars().take(n.into()).collect();
        Box::new(chars.into_iter())
    }
}

/// Slices of borrowed trait objects, in tuples as well.
#[sync_wrapper]
pub async fn execute<T>(
    query: &T,
    parameters: &[&(dyn Display + Sync)],
    typed: &mut [(&(dyn Display + Sync), &mut String)],
) -> String
where
    T: ?Sized + ToString,
{
    pause().await;
    let mut text = query.to_string();
    for parameter in parameters {
        text += &parameter.to_string();
    }
    for (value, name) in typed {
        name.push('!');
        text += name;
        text += &value.to_string();
    }
    text
}

#[test]
fn as_drivers_have_them() {
    let row = {
        let rows: &[u8] = &[1, 2, 3];
        Query::<&u8>("xx", None).fetch_one_sync(rows)
    };
    assert_eq!(row, Ok(&2));
    assert!(Query::<&u8>("xx", None).fetch_one_sync(&[][..]).is_err());

    let pool = Rc::new(Pool(RefCell::new(2)));
    let guard = {
        let other = String::new();
        pool.acquire_sync(&other).unwrap()
    };
    assert_eq!(*guard, 2);
    drop(guard);
    assert_eq!(pool.addresses_sync("abc").collect::<String>(), "ab");

    let mut name = String::from("n");
    let text = execute_sync("q", &[&1, &'x'], &mut [(&2, &mut name)]);
    assert_eq!((text.as_str(), name.as_str()), ("q1xn!2", "n!"));
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
