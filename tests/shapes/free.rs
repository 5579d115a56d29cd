//! Free fns: at the root of a module, nested in a fn, with every visibility.

use crate::{awaited, pause};
use sync_twin::sync_wrapper;

/// No arguments, no result.
#[sync_wrapper]
pub async fn nothing() {
    pause().await;
}

/// Arguments that are moved, copied and borrowed.
#[sync_wrapper]
pub async fn join(head: String, separator: char, tail: &str) -> String {
    pause().await;
    format!("{head}{separator}{tail}")
}

/// As many arguments as clippy likes.
#[sync_wrapper]
pub async fn sum(one: u8, two: u16, three: u32, four: u64, five: i8, six: i16, seven: i32) -> i128 {
    pause().await;
    let unsigned = u64::from(one) + u64::from(two) + u64::from(three) + four;
    i128::from(unsigned) + i128::from(five) + i128::from(six) + i128::from(seven)
}

#[sync_wrapper]
async fn private() -> u8 {
    pause().await;
    1
}

#[sync_wrapper]
pub(crate) async fn of_the_crate() -> u8 {
    pause().await;
    2
}

/// Visibilities that need a path or a group.
pub mod inner {
    use crate::pause;
    use sync_twin::sync_wrapper;

    #[sync_wrapper]
    pub(in crate::free) async fn of_a_path() -> u8 {
        pause().await;
        3
    }

    #[sync_wrapper]
    pub(super) async fn of_the_parent() -> u8 {
        pause().await;
        4
    }
}

/// The attribute is found by its path too.
#[sync_twin::sync_wrapper]
pub async fn by_path(n: u8) -> u8 {
    pause().await;
    n
}

/// Nobody calls the twin of a private fn: no reason for a warning that the fn itself would not cause.
#[sync_wrapper]
async fn twin_is_not_called() -> u8 {
    pause().await;
    5
}

#[test]
fn arguments_and_result() {
    nothing_sync();
    assert_eq!(
        join_sync("a".to_owned(), '-', "b"),
        awaited(join("a".to_owned(), '-', "b"))
    );
    assert_eq!(sum_sync(1, 2, 3, 4, 5, 6, 7), 28);
    assert_eq!(by_path_sync(7), 7);
    assert_eq!(awaited(twin_is_not_called()), 5);
}

#[test]
fn every_visibility() {
    assert_eq!(private_sync(), 1);
    assert_eq!(of_the_crate_sync(), 2);
    assert_eq!(inner::of_a_path_sync(), 3);
    assert_eq!(inner::of_the_parent_sync(), 4);
}

#[test]
fn nested_in_a_fn() {
    #[sync_wrapper]
    async fn inside(n: u8) -> u8 {
        pause().await;
        n + 1
    }

    assert_eq!(inside_sync(1), 2);
}

#[test]
fn nested_in_a_method() {
    struct Outer;

    impl Outer {
        fn call() -> u8 {
            #[sync_wrapper]
            async fn inside() -> u8 {
                struct Inner;
                impl Inner {
                    const VALUE: u8 = 9;
                    fn value() -> u8 {
                        Self::VALUE
                    }
                }
                pause().await;
                Inner::value()
            }

            inside_sync()
        }
    }

    assert_eq!(Outer::call(), 9);
}
