//! Bodies that are more than a list of statements.

use crate::{awaited, pause};
use sync_twin::sync_wrapper;

/// Attributes of the body
#[sync_wrapper]
pub async fn inner_attributes() -> u8 {
    #![allow(unused_variables)]
    let unused = 1;
    pause().await;
    1
}

/// Attributes of the body that matter to the twin
#[sync_wrapper]
pub async fn inner_lint_level(a: u8, b: u8, c: u8, d: u8, e: u8, f: u8, g: u8, h: u8) -> u8 {
    #![allow(clippy::too_many_arguments, clippy::many_single_char_names)]
    pause().await;
    a + b + c + d + e + f + g + h
}

/// Items in the body, among them one with the twin's name and one with a twin of its own
#[sync_wrapper]
pub async fn items() -> u8 {
    fn items_sync() -> u8 {
        2
    }

    #[sync_wrapper]
    async fn nested() -> u8 {
        pause().await;
        nested_of_nested().await
    }

    async fn nested_of_nested() -> u8 {
        pause().await;
        3
    }

    pause().await;
    items_sync() + nested_sync()
}

/// Calls itself
#[sync_wrapper]
pub async fn factorial(n: u64) -> u64 {
    pause().await;
    if n == 0 {
        1
    } else {
        n * Box::pin(factorial(n - 1)).await
    }
}

/// Calls its own twin
#[sync_wrapper]
pub async fn own_twin(n: u8) -> u8 {
    pause().await;
    if n == 0 { 0 } else { 1 + own_twin_sync(n - 1) }
}

/// Returns early
#[sync_wrapper]
pub async fn early(n: u8) -> Option<u8> {
    if n > 1 {
        return None;
    }
    pause().await;
    let n = n.checked_add(1)?;
    Some(n)
}

#[test]
fn any_body() {
    assert_eq!(inner_attributes_sync(), awaited(inner_attributes()));
    assert_eq!(inner_lint_level_sync(1, 1, 1, 1, 1, 1, 1, 1), 8);
    assert_eq!(items_sync(), 5);
    assert_eq!(factorial_sync(5), 120);
    assert_eq!(own_twin_sync(3), 3);
    assert_eq!(early_sync(1), Some(2));
    assert_eq!(early_sync(2), None);
}
