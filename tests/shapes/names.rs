//! The twin's name.

use crate::{awaited, pause};
use sync_twin::sync_wrapper;

/// A trailing `_async` is replaced.
#[sync_wrapper]
pub async fn load_async() -> u8 {
    pause().await;
    1
}

/// A trailing underscore stays behind.
#[sync_wrapper]
pub async fn x_() -> u8 {
    pause().await;
    2
}

/// So this twin's name is free.
#[sync_wrapper]
pub async fn x() -> u8 {
    pause().await;
    20
}

/// Both at the end
#[sync_wrapper]
pub async fn y_async_() -> u8 {
    pause().await;
    21
}

/// A keyword
#[sync_wrapper]
pub async fn r#yield() -> u8 {
    pause().await;
    3
}

/// Another keyword
#[sync_wrapper]
pub async fn r#async() -> u8 {
    pause().await;
    4
}

/// Nothing but the suffix
#[sync_wrapper]
pub async fn _async() -> u8 {
    pause().await;
    5
}

/// A name of its own
#[sync_wrapper(name = load_blocking)]
pub async fn load() -> u8 {
    pause().await;
    6
}

/// A keyword as the twin's name
#[sync_wrapper(name = r#try)]
pub async fn attempt() -> u8 {
    pause().await;
    7
}

/// Two twins
#[sync_wrapper(name = one)]
#[sync_wrapper(name = other)]
pub async fn twice() -> u8 {
    pause().await;
    8
}

/// A name in a namespace of its own: the link in the twin's docs must not be ambiguous.
#[sync_wrapper]
pub async fn shared() -> u8 {
    pause().await;
    9
}

/// Has the name of a fn.
pub mod shared {}

/// Keywords as methods
pub struct Keywords;

impl Keywords {
    /// A keyword as a method
    #[sync_wrapper]
    pub async fn r#match(&self) -> u8 {
        pause().await;
        10
    }
}

#[test]
fn derived() {
    assert_eq!(load_sync(), awaited(load_async()));
    assert_eq!(x_sync_(), 2);
    assert_eq!(x_sync(), 20);
    assert_eq!(y_sync_(), 21);
    assert_eq!(yield_sync(), 3);
    assert_eq!(async_sync(), 4);
    assert_eq!(_sync(), 5);
    assert_eq!(shared_sync(), 9);
    assert_eq!(Keywords.match_sync(), 10);
}

#[test]
fn given() {
    assert_eq!(load_blocking(), 6);
    assert_eq!(r#try(), 7);
    assert_eq!((one(), other()), (8, 8));
}
