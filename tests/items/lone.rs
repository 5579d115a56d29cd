//! A fn with an attribute of its own that has no receiver and names no `Self`: free or associated, nothing tells.

use crate::pause;
use crate::places::current_thread;
use std::sync::atomic::{AtomicUsize, Ordering};
use sync_twin::sync_wrapper;

/// Has only fns without a receiver.
#[derive(Debug, PartialEq)]
pub struct Client<T> {
    name: T,
}

/// A free fn of the same name as an associated one, and of another signature.
#[sync_wrapper]
pub async fn connect(port: u16) -> u16 {
    pause().await;
    port
}

/// The same, with parameters of another kind.
pub async fn open<T: Default>() -> T {
    T::default()
}

mod macros {
    macro_rules! info_macro {
        ($n:expr) => {
            $n
        };
    }
    pub(super) use info_macro as info;
}

/// Private free fns whose names mean something else, too.
pub mod names {
    use crate::pause;
    use sync_twin::sync_wrapper;

    use super::macros::info;

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

impl<T: Clone> Client<T> {
    /// Names the impl's parameter.
    #[sync_wrapper]
    pub async fn connect(name: T) -> Client<T> {
        pause().await;
        Client { name }
    }

    /// A free fn of this name has other parameters.
    #[sync_wrapper]
    pub async fn open(port: u16) -> u16 {
        pause().await;
        port
    }

    /// `?`, a `return`, `if` and `else`, and an inference that only the type decides.
    #[sync_wrapper]
    pub async fn parse(text: &str, limit: usize) -> Result<Vec<u16>, Box<dyn std::error::Error>> {
        pause().await;
        if text.len() > limit {
            return Err("too long".into());
        }
        let number = text.parse::<u16>()?;
        if number == 0 {
            Ok(Vec::new())
        } else {
            Ok([number].into_iter().collect())
        }
    }

    /// Patterns, and names that the expansion might use.
    #[sync_wrapper]
    pub async fn patterns(
        (a, mut b): (u8, u8),
        mut call: u8,
        [output, .., _]: [u8; 3],
        _: String,
        mentioned: u8,
    ) -> u8 {
        pause().await;
        b += 1;
        call += 1;
        a + b + call + output + mentioned
    }

    /// Patterns that borrow
    #[sync_wrapper]
    #[allow(clippy::toplevel_ref_arg)]
    pub async fn borrowing(
        (ref mut a, ref b): (u8, String),
        ref mut c: u8,
        ref d: u8,
        [first, rest @ ..]: [u8; 3],
    ) -> usize {
        *a += 1;
        *c += 1;
        pause().await;
        b.len() + usize::from(*a + *c + *d + first) + rest.len()
    }

    /// Generic, with `impl Trait` arguments and elided lifetimes
    #[sync_wrapper]
    pub async fn generic<U: From<u8>, const N: usize>(
        items: impl IntoIterator<Item = &u8>,
        more: &[u8; N],
    ) -> Vec<U> {
        pause().await;
        let all = items.into_iter().copied().chain(*more);
        all.map(U::from).collect()
    }

    /// Borrows in the result
    #[sync_wrapper]
    pub async fn pick<'a>(left: &'a str, _right: &str) -> Option<&'a str> {
        pause().await;
        Some(left)
    }

    /// Nothing in, nothing out
    #[sync_wrapper]
    pub async fn ping() {
        pause().await;
    }

    /// A closure, a nested fn and a nested type in the body
    #[sync_wrapper]
    pub async fn nested(n: u8) -> u8 {
        #[derive(Clone, Copy)]
        struct Wrap(u8);

        fn double(n: u8) -> u8 {
            n * 2
        }

        let add = |other: u8| Wrap(n).0 + other;
        pause().await;
        add(double(n))
    }

    /// A lint that only the async fn fulfils
    #[sync_wrapper]
    #[expect(unused_variables, reason = "that is what is expected")]
    pub async fn expecting(n: u8) -> u8 {
        pause().await;
        1
    }

    /// Conditional arguments
    #[sync_wrapper]
    pub async fn conditional(#[cfg(test)] n: u8, #[cfg(not(test))] n: u16) -> usize {
        pause().await;
        usize::from(n)
    }

    /// What can be told apart after all
    #[sync_wrapper(associated)]
    pub async fn counted() -> usize {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        pause().await;
        COUNT.fetch_add(1, Ordering::SeqCst)
    }
}

/// A trait may leave a body to its implementors, and nothing else may.
#[allow(async_fn_in_trait)]
pub trait Version {
    /// So this is associated.
    #[sync_wrapper]
    async fn version() -> u8;
}

impl Version for Client<u8> {
    async fn version() -> u8 {
        pause().await;
        7
    }
}

/// Free fns that are indented.
pub mod indented {
    use super::*;

    /// The glob has one of this name, too.
    #[sync_wrapper]
    pub async fn connect(port: u16, more: u16) -> u16 {
        pause().await;
        port + more
    }

    /// A `static` is not copied.
    #[sync_wrapper]
    pub async fn counted() -> usize {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        pause().await;
        COUNT.fetch_add(1, Ordering::SeqCst)
    }

    /// Nor is what another attribute rewrites.
    #[sync_wrapper]
    #[tracing::instrument]
    pub async fn instrumented(n: u8) -> u8 {
        pause().await;
        n
    }

    /// Nor what is opaque.
    #[sync_wrapper]
    pub async fn opaque(n: u8) -> impl Iterator<Item = u8> {
        pause().await;
        0..n
    }

    /// Nor what never returns.
    #[sync_wrapper]
    pub async fn never(message: &str) -> ! {
        pause().await;
        panic!("{message}")
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
fn associated() {
    type Any = Client<()>;

    assert_eq!(Client::connect_sync("x"), Client { name: "x" });
    assert_eq!(connect_sync(1), 1);
    assert_eq!(Any::open_sync(1), 1);
    assert_eq!(Any::parse_sync("7", 3).unwrap(), [7]);
    assert_eq!(Any::parse_sync("0", 3).unwrap(), [0; 0]);
    assert!(Any::parse_sync("x", 3).is_err());
    assert!(Any::parse_sync("1234", 3).is_err());
    assert_eq!(
        Any::patterns_sync((1, 2), 3, [4, 0, 0], String::new(), 5),
        17
    );
    let text = String::from("text");
    assert_eq!(Any::borrowing_sync((1, text), 2, 3, [4, 0, 0]), 18);
    assert_eq!(Any::generic_sync::<u16, 1>(&[1, 2], &[3]), [1, 2, 3]);
    assert_eq!(Any::pick_sync("a", "b"), Some("a"));
    Any::ping_sync();
    current_thread().block_on(async { assert_eq!(Any::nested_sync(2), 6) });
    assert_eq!(Any::expecting_sync(2), 1);
    assert_eq!(Any::conditional_sync(2), 2);
    let first = Any::counted_sync();
    assert_eq!(Any::counted_sync(), first + 1);
    assert_eq!(Client::<u8>::version_sync(), 7);
}

#[test]
fn free() {
    let first = indented::counted_sync();
    assert_eq!(indented::counted_sync(), first + 1);
    assert_eq!(indented::instrumented_sync(1), 1);
    assert_eq!(indented::opaque_sync(2).count(), 2);
    assert_eq!(indented::connect_sync(1, 2), 3);
    assert_eq!(indented::factorial_sync(5), 120);
    assert!(std::panic::catch_unwind(|| indented::never_sync("over")).is_err());
}

#[test]
fn nested_in_a_fn() {
    #[sync_wrapper]
    async fn inside(n: u8) -> u8 {
        pause().await;
        n
    }
    assert_eq!(inside_sync(1), 1);
}
