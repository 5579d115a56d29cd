//! A fn that has the attribute on its own, no receiver and no `Self`: it is called by its plain name, unless the
//! attribute says `associated`.

use crate::pause;
use std::sync::atomic::{AtomicUsize, Ordering};
use sync_twin::sync_wrapper;

/// Has a free fn and a method of the same name.
#[derive(Debug, PartialEq)]
pub struct Client<T> {
    name: T,
}

#[sync_wrapper]
pub async fn connect(port: u16) -> u16 {
    pause().await;
    port
}

impl<T: Clone> Client<T> {
    /// Names the impl's parameter.
    #[sync_wrapper(associated)]
    pub async fn connect(name: T) -> Client<T> {
        pause().await;
        Client { name }
    }

    #[sync_wrapper(associated)]
    pub async fn size() -> usize {
        pause().await;
        size_of::<T>()
    }

    /// Generic, with `impl Trait` arguments and elided lifetimes
    #[sync_wrapper(associated)]
    pub async fn generic<U: From<u8>, const N: usize>(items: &[u8; N]) -> Vec<U> {
        pause().await;
        items.iter().copied().map(U::from).collect()
    }

    #[sync_wrapper(associated)]
    pub async fn opaque(
        (a, mut b): (u8, u8),
        items: impl IntoIterator<Item = &u8>,
    ) -> impl Iterator<Item = u8> {
        pause().await;
        b += a;
        items.into_iter().map(move |n| n + b)
    }

    /// Its twin alone uses it, which the word makes known.
    #[sync_wrapper(associated)]
    async fn private() -> u8 {
        4
    }
}

#[allow(async_fn_in_trait)]
pub trait Named {
    #[sync_wrapper(associated)]
    async fn name() -> &'static str {
        "default"
    }

    #[sync_wrapper(associated)]
    async fn number(of: u8) -> u8;
}

impl Named for Client<u8> {
    async fn name() -> &'static str {
        pause().await;
        "client"
    }

    async fn number(of: u8) -> u8 {
        of * 2
    }
}

#[test]
fn associated() {
    assert_eq!(Client::connect_sync("x"), Client { name: "x" });
    assert_eq!(Client::<u64>::size_sync(), 8);
    assert_eq!(Client::<()>::generic_sync::<u16, 2>(&[1, 2]), [1, 2]);
    let items = Client::<()>::opaque_sync((1, 2), &[1, 2]);
    assert_eq!(items.collect::<Vec<_>>(), [4, 5]);
    assert_eq!(Client::<()>::private_sync(), 4);
}

/// In a trait the implementors decide.
#[test]
fn in_traits() {
    assert_eq!(Client::<u8>::name_sync(), "client");
    assert_eq!(Client::<u8>::number_sync(4), 8);
}

/// Wherever they stand: what tells them is their tokens, not their place.
pub mod indented {
    use super::*;

    /// The glob has one of this name, too.
    #[sync_wrapper]
    pub async fn connect(port: u16, more: u16) -> u16 {
        pause().await;
        port + more
    }

    /// There is one `static`, for the fn and its twin.
    #[sync_wrapper]
    pub async fn counted() -> usize {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        pause().await;
        COUNT.fetch_add(1, Ordering::SeqCst)
    }

    /// Recursive
    #[sync_wrapper]
    pub async fn factorial(n: u64) -> u64 {
        pause().await;
        if n == 0 {
            return 1;
        }
        n * Box::pin(factorial(n - 1)).await
    }
}

#[test]
fn free() {
    assert_eq!(connect_sync(1), 1);
    assert_eq!(indented::connect_sync(1, 2), 3);
    assert_eq!(indented::factorial_sync(5), 120);
    let first = indented::counted_sync();
    assert_eq!(sync_twin::block_on(indented::counted()), first + 1);
    assert_eq!(indented::counted_sync(), first + 2);
}

#[test]
fn inside_a_fn() {
    #[sync_wrapper]
    async fn inside(n: u8) -> u8 {
        pause().await;
        n
    }
    assert_eq!(inside_sync(1), 1);
}

mod macros {
    macro_rules! info_macro {
        ($n:expr) => {
            $n
        };
    }
    pub(super) use info_macro as info;
}

/// Free fns whose names mean something else, too.
pub mod names {
    use super::macros::info;
    use crate::pause;
    use sync_twin::sync_wrapper;

    /// Also an attribute
    #[sync_wrapper]
    async fn deprecated() -> u8 {
        pause().await;
        1
    }

    /// Also a macro of std
    #[sync_wrapper]
    async fn write(n: u8) -> u8 {
        pause().await;
        info!(n)
    }

    /// Also a macro that is imported
    #[sync_wrapper]
    async fn info(n: impl Into<u8>) -> u8 {
        pause().await;
        n.into()
    }

    /// Also a type
    #[sync_wrapper]
    async fn u8<T: Default>() -> T {
        pause().await;
        T::default()
    }

    #[test]
    fn are_found() {
        assert_eq!(deprecated_sync(), 1);
        assert_eq!(write_sync(2), 2);
        assert_eq!(info_sync(3), 3);
        assert_eq!(u8_sync::<u16>(), 0);
    }
}

/// A letter and its dots apart are the letter for rustc.
#[sync_wrapper(suffix = "_lo\u{308}nge")]
async fn taken() -> usize {
    pause().await;
    8
}

/// Identifiers are Unicode.
#[sync_wrapper(suffix = "_größe")]
async fn measured() -> usize {
    pause().await;
    "größe".len()
}

#[test]
fn an_affix_in_unicode() {
    assert_eq!(measured_größe(), 7);
    assert_eq!(taken_lönge(), 8);
}

mod program {
    use crate::pause;
    use sync_twin::sync_wrapper;

    /// As in a program's root, where rustc refuses `#[track_caller]` on it.
    #[sync_wrapper(name = main)]
    pub(super) async fn run() {
        pause().await;
    }
}

#[test]
fn a_twin_named_main() {
    program::main();
}
