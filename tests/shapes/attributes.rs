//! Attributes of the async fn, and which of them the twin has too.

use crate::{awaited, pause};
use std::panic::Location;
use sync_twin::sync_wrapper;

/// Calling the original from the twin is no use of something deprecated.
#[sync_wrapper]
#[deprecated(note = "use something else")]
pub async fn deprecated() -> u8 {
    pause().await;
    1
}

/// The same, where it is only sometimes so
#[sync_wrapper]
#[cfg_attr(all(), deprecated = "use something else")]
pub async fn deprecated_conditionally() -> u8 {
    pause().await;
    2
}

/// What is not to be forgotten of one is not to be forgotten of the other.
#[sync_wrapper]
#[must_use]
pub async fn must_use() -> u8 {
    pause().await;
    3
}

/// With a reason
#[sync_wrapper]
#[must_use = "it took long"]
pub async fn must_use_because() -> u8 {
    pause().await;
    4
}

/// Hints for code generation
#[sync_wrapper]
#[inline]
#[cold]
pub async fn inlined() -> u8 {
    pause().await;
    5
}

/// There is no page to link to.
#[sync_wrapper]
#[doc(hidden)]
#[doc(alias = "secret")]
pub async fn hidden() -> u8 {
    pause().await;
    6
}

/// An expectation that the twin would not fulfil
#[sync_wrapper]
#[expect(clippy::unused_async, unused_mut, reason = "that is what is expected")]
pub async fn expecting(mut n: u8) -> u8 {
    n
}

/// An expectation that the twin would fulfil as well
#[sync_wrapper]
#[expect(clippy::too_many_arguments, clippy::many_single_char_names)]
pub async fn expecting_many(a: u8, b: u8, c: u8, d: u8, e: u8, f: u8, g: u8, h: u8) -> u8 {
    pause().await;
    a + b + c + d + e + f + g + h
}

/// Lint levels
#[sync_wrapper]
#[allow(non_snake_case)]
#[warn(unused_variables)]
pub async fn shouting(URL: &str) -> usize {
    pause().await;
    URL.len()
}

/// Attributes of an argument
#[sync_wrapper]
pub async fn on_an_argument(
    #[allow(unused_variables)] n: u8,
    #[expect(unused_mut)] mut m: u8,
) -> u8 {
    pause().await;
    m
}

/// Only where a test is built
#[sync_wrapper]
#[cfg(test)]
pub async fn in_tests() -> u8 {
    pause().await;
    9
}

/// Nowhere, and so is the twin: the real one is the other.
#[sync_wrapper]
#[cfg(not(test))]
pub async fn one_of_two() -> u8 {
    pause().await;
    0
}

/// The other
#[sync_wrapper]
#[cfg(test)]
pub async fn one_of_two() -> u8 {
    pause().await;
    10
}

/// Attributes under a condition
#[sync_wrapper]
#[cfg_attr(test, allow(unused_variables), doc = "In tests.", inline)]
#[cfg_attr(not(test), cfg(test), must_use)]
pub async fn conditional(n: u8) -> u8 {
    pause().await;
    11
}

#[doc = "Documentation in another form."]
#[doc = concat!("And ", "in a macro.")]
#[sync_wrapper]
/** In a block */
pub async fn documented() -> u8 {
    pause().await;
    12
}

/// `rustfmt` and `clippy` as tools
#[sync_wrapper]
#[rustfmt::skip]
#[clippy::cognitive_complexity = "20"]
pub async fn tools() -> u8 { pause().await; 13 }

/// The panic names whoever called the twin.
#[sync_wrapper]
pub async fn caller() -> &'static Location<'static> {
    pause().await;
    Location::caller()
}

/// A deprecated thing in the signature, which the user allows
#[sync_wrapper]
#[allow(deprecated)]
pub async fn uses_deprecated(_: Option<Old>) -> u8 {
    pause().await;
    deprecated().await
}

/// Deprecated
#[deprecated]
pub struct Old;

/// A feature of the processor
///
/// # Safety
///
/// The processor must have it.
#[cfg(target_arch = "x86_64")]
#[sync_wrapper]
#[target_feature(enable = "sse2")]
pub async fn featured() -> u8 {
    pause().await;
    14
}

#[test]
#[allow(deprecated)]
fn deprecation() {
    assert_eq!(deprecated_sync(), awaited(deprecated()));
    assert_eq!(deprecated_conditionally_sync(), 2);
    assert_eq!(uses_deprecated_sync(None), 1);
}

#[test]
fn kept() {
    assert_eq!(must_use_sync(), 3);
    assert_eq!(must_use_because_sync(), 4);
    assert_eq!(inlined_sync(), 5);
    assert_eq!(hidden_sync(), 6);
    assert_eq!(documented_sync(), 12);
    assert_eq!(tools_sync(), 13);
}

#[test]
fn lint_levels() {
    assert_eq!(expecting_sync(7), 7);
    assert_eq!(expecting_many_sync(1, 1, 1, 1, 1, 1, 1, 1), 8);
    assert_eq!(shouting_sync("abc"), 3);
    assert_eq!(on_an_argument_sync(1, 2), 2);
}

#[test]
fn under_a_condition() {
    assert_eq!(in_tests_sync(), 9);
    assert_eq!(one_of_two_sync(), 10);
    assert_eq!(conditional_sync(1), 11);
}

#[test]
#[cfg(target_arch = "x86_64")]
fn target_features() {
    #[target_feature(enable = "sse2")]
    fn inside() -> u8 {
        featured_sync()
    }

    // SAFETY: every x86-64 processor has it.
    assert_eq!(unsafe { inside() }, 14);
}
