//! The places that a twin here is called from.
//!
//! None is a task of a twin, as some of `sync_twin::testing` are. Such a task holds home, and then the tests beside it find
//! their calls in the crew.

use std::sync::Arc;
use sync_twin_tests::harness::deadline::within_deadline;
use sync_twin_tests::harness::places::{PLACES, Place};
pub use sync_twin_tests::harness::runtimes::{current_thread, multi_thread};

/// Runs `code` in each place, and fails if it hangs there.
pub fn in_every_place(code: impl Fn() + Send + Sync + 'static) {
    let code = Arc::new(code);
    for place in PLACES.into_iter().chain([Place::UndrivenGuard]) {
        let code = Arc::clone(&code);
        within_deadline(&format!("{place:?}"), move || place.run(move || code()));
    }
}
