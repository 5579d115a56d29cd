//! The places that a twin here is called from.

use std::time::Duration;
use sync_twin::testing::in_every_context_within;
pub use sync_twin_tests::harness::runtimes::{current_thread, multi_thread};

/// Means "hangs".
const DEADLINE: Duration = Duration::from_secs(60);

/// Runs `code` in each place, and fails if it hangs there.
#[track_caller]
pub fn in_every_place(code: impl Fn() + Send + Sync + 'static) {
    in_every_context_within(DEADLINE, code);
}
