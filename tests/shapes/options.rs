//! The ways in which options may be written.

use crate::{awaited, pause};
use sync_twin::sync_wrapper;

/// Empty parentheses
#[sync_wrapper()]
pub async fn empty() -> u8 {
    pause().await;
    1
}

/// All options, and a comma at the end
#[sync_wrapper(name = everything, isolation = "auto", crate = ::sync_twin,)]
pub async fn all() -> u8 {
    pause().await;
    2
}

/// Other delimiters
#[sync_wrapper[name = bracketed]]
pub async fn brackets() -> u8 {
    pause().await;
    3
}

/// Re-exports, as a crate has them whose macros use sync-twin.
pub mod reexport {
    pub use sync_twin as twins;
}

/// A path from the root of this crate
#[sync_wrapper(crate = crate::options::reexport::twins)]
pub async fn reexported(text: &str) -> &str {
    pause().await;
    text
}

/// A crate of the user's that is called like one of ours.
pub mod shadowed {
    #![allow(unused_imports, dead_code)]

    /// In the way
    pub mod sync_twin {}
    /// In the way
    pub mod core {}
    /// In the way
    pub mod std {}

    /// Paths of the expansion are absolute.
    #[::sync_twin::sync_wrapper]
    pub async fn found() -> u8 {
        crate::pause().await;
        4
    }
}

#[test]
fn written_in_any_way() {
    assert_eq!(empty_sync(), awaited(empty()));
    assert_eq!(everything(), 2);
    assert_eq!(bracketed(), 3);
    assert_eq!(reexported_sync("x"), "x");
    assert_eq!(shadowed::found_sync(), 4);
}
