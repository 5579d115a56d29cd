//! The user's code at the beginning and at the end of a thread.
//!
//! It can do no harm to the thread: a panic in it goes through the panic hook and no further. It cannot wait for a blocking
//! call either, since all workers of the crew may be in such a hook while the call waits for one of them.

use crate::forget_panic::forget_panic;
use crate::settings::{Hook, Settings, ThreadKind};
use std::cell::Cell;
use std::panic::Location;
use std::sync::Arc;

thread_local! {
    static IS_IN_HOOK: Cell<bool> = const { Cell::new(false) };
}

/// The calling thread has begun, and ends when this is dropped.
pub(crate) struct Begun {
    settings: Arc<Settings>,
    kind: ThreadKind,
}

impl Begun {
    pub(crate) fn new(settings: Arc<Settings>, kind: ThreadKind) -> Self {
        started(&settings, kind);
        Begun { settings, kind }
    }
}

impl Drop for Begun {
    fn drop(&mut self) {
        stops(&self.settings, self.kind);
    }
}

/// A thread of that kind has been started, and this is it.
pub(crate) fn started(settings: &Settings, kind: ThreadKind) {
    run(settings.on_thread_start.as_ref(), kind);
}

/// This thread, of that kind, is about to end.
pub(crate) fn stops(settings: &Settings, kind: ThreadKind) {
    run(settings.on_thread_stop.as_ref(), kind);
}

fn run(hook: Option<&Hook>, kind: ThreadKind) {
    let Some(hook) = hook else { return };
    let is_inside = IS_IN_HOOK.replace(true);
    forget_panic(|| hook.run(kind));
    IS_IN_HOOK.set(is_inside);
}

/// Panics if the call made at `site`, which has to wait, is made in a hook.
#[inline]
pub(crate) fn refuse_wait(site: &Location<'_>) {
    if IS_IN_HOOK.try_with(Cell::get) == Ok(true) {
        panic!(
            "the blocking call at {site} has to wait, but it is made in a hook of `sync_twin::Builder`, on a thread that it \
             may be waiting for"
        );
    }
}
