//! The places that a twin here is called from. `tests/contexts` has all of them; these are one of each kind.
//!
//! None is a task of a twin, as some of `sync_twin::testing` are. Such a task holds home, and then the tests beside it find
//! their calls in the crew.

use std::sync::Arc;
use sync_twin_tests::harness::deadline::within_deadline;
pub use sync_twin_tests::harness::runtimes::{current_thread, multi_thread};
use tokio::task::{LocalSet, spawn, spawn_blocking};

type Code = Arc<dyn Fn() + Send + Sync>;

/// Its name, and what runs code there.
type Place = (&'static str, fn(Code));

const PLACES: [Place; 9] = [
    ("plain thread", |code| code()),
    ("root of a multi-thread runtime", |code| {
        multi_thread().block_on(async { code() });
    }),
    ("worker", |code| {
        multi_thread().block_on(async { spawn(async move { code() }).await.unwrap() });
    }),
    ("spawn_blocking beside a multi-thread runtime", |code| {
        multi_thread().block_on(async { spawn_blocking(move || code()).await.unwrap() });
    }),
    ("enter guard of a current-thread runtime", |code| {
        let runtime = current_thread();
        let _context = runtime.enter();
        code();
    }),
    ("spawn_blocking beside a current-thread runtime", |code| {
        current_thread().block_on(async { spawn_blocking(move || code()).await.unwrap() });
    }),
    ("root of a current-thread runtime", |code| {
        current_thread().block_on(async { code() });
    }),
    ("task of a current-thread runtime", |code| {
        current_thread().block_on(async { spawn(async move { code() }).await.unwrap() });
    }),
    ("LocalSet", |code| {
        LocalSet::new().block_on(&current_thread(), async { code() });
    }),
];

/// Runs `code` in each place, and fails if it hangs there.
pub fn in_every_place(code: impl Fn() + Send + Sync + 'static) {
    let code: Code = Arc::new(code);
    for (name, run) in PLACES {
        let code = code.clone();
        within_deadline(name, move || run(code));
    }
}
