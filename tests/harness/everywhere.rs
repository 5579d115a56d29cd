//! All places for a test that makes its calls in each.
//!
//! None is a task of a twin, as some of `sync_twin::testing` are. Such a task holds home, and then the tests beside it find
//! their calls in the crew.

use crate::harness::deadline::within_deadline;
use crate::harness::places::{PLACES, Place};
pub use crate::harness::runtimes::{current_thread, kept, multi_thread};
use std::sync::Arc;

/// Runs `code` in each place, and fails if it hangs there.
///
/// # Panics
///
/// As `code` does.
pub fn in_every_place(code: impl Fn() + Send + Sync + 'static) {
    let code = Arc::new(code);
    for place in PLACES.into_iter().chain([Place::UndrivenGuard]) {
        let code = Arc::clone(&code);
        within_deadline(&format!("{place:?}"), move || place.run(move || code()));
    }
}
