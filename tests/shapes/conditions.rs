//! `#[cfg]` on single arguments and on generic parameters.

// What always or never holds is written in the shortest way that does not depend on the platform.
#![allow(clippy::non_minimal_cfg)]

use crate::{awaited, pause};
use sync_twin::sync_wrapper;

/// One that is there, and one that is not
#[sync_wrapper]
pub async fn some(a: u8, #[cfg(all())] b: u8, #[cfg(any())] c: NoSuchType) -> u8 {
    pause().await;
    a + b
}

/// One or the other, with one name
#[sync_wrapper]
pub async fn either(#[cfg(all())] n: u8, #[cfg(not(all()))] n: NoSuchType) -> u8 {
    pause().await;
    n
}

/// Several attributes on one argument, and one condition for several arguments
#[sync_wrapper]
pub async fn several(
    #[cfg(all())]
    #[cfg(not(any()))]
    #[allow(unused_variables)]
    a: u8,
    #[cfg(any())] b: NoSuchType,
    #[cfg(any())] c: NoSuchType,
    #[cfg_attr(all(), cfg(any()))] d: NoSuchType,
    #[cfg_attr(any(), cfg(any()))] (e, _): (u8, u8),
) -> u8 {
    pause().await;
    e
}

/// The last argument of all, and the only one
#[sync_wrapper]
pub async fn none(#[cfg(any())] a: NoSuchType) -> u8 {
    pause().await;
    1
}

/// A generic parameter
#[sync_wrapper]
pub async fn generic<#[cfg(any())] A, T, #[cfg(all())] U>(t: T, u: U) -> (T, U) {
    pause().await;
    (t, u)
}

/// What the methods belong to.
pub struct Type;

impl Type {
    /// A method
    #[sync_wrapper(isolation = "always")]
    pub async fn method(&self, #[cfg(all())] text: &str, #[cfg(any())] _: NoSuchType) -> usize {
        pause().await;
        text.len()
    }
}

#[test]
fn arguments_come_and_go() {
    assert_eq!(some_sync(1, 2), awaited(some(1, 2)));
    assert_eq!(either_sync(1), 1);
    assert_eq!(several_sync(1, (2, 3)), 2);
    assert_eq!(none_sync(), 1);
    assert_eq!(generic_sync(1, "x"), (1, "x"));
    assert_eq!(Type.method_sync("abc"), 3);
}
