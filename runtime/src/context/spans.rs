//! The spans that a caller has entered, while others are at work on its thread: those of code on a fiber's stack while the fiber
//! is suspended, and those of a thread that drives home while it waits.

use crate::forget_panic::forget_panic;
use std::thread;
use tracing::Id;
use tracing::dispatcher::{self, Dispatch};

/// How many are left at most. A subscriber need not know which span is the current one, or that one has been left.
const MAX: usize = 64;

/// The current span, if a subscriber knows one.
#[cfg(feature = "fiber")]
pub(super) fn current_span() -> Option<Id> {
    if !dispatcher::has_been_set() {
        return None;
    }
    dispatcher::get_default(current_of)
}

fn current_of(dispatch: &Dispatch) -> Option<Id> {
    dispatch.current_span().id().cloned()
}

/// Whether the current span has been entered once more, which a subscriber does not tell: as where sync code is handed the span of
/// its task. Found out by leaving it.
fn is_entered_twice(dispatch: &Dispatch, current: &Id) -> bool {
    dispatch.exit(current);
    let is_current = current_of(dispatch).as_ref() == Some(current);
    dispatch.enter(current);
    is_current
}

/// Spans that have been left, from the innermost to the outermost.
pub(super) struct Spans(Vec<Id>);

impl Spans {
    /// Leaves those that have been entered since `outer` was the current one.
    pub(super) fn leave(outer: Option<&Id>) -> Self {
        let mut left = Vec::new();
        if dispatcher::has_been_set() {
            dispatcher::get_default(|dispatch| {
                while let Some(id) = current_of(dispatch) {
                    let is_outer = Some(&id) == outer;
                    if left.len() == MAX || is_outer && !is_entered_twice(dispatch, &id) {
                        break;
                    }
                    dispatch.exit(&id);
                    left.push(id);
                }
            });
        }
        Spans(left)
    }

    /// Enters them again.
    pub(super) fn enter_again(&self) {
        if !self.0.is_empty() {
            dispatcher::get_default(|dispatch| {
                self.0.iter().rev().for_each(|id| dispatch.enter(id))
            });
        }
    }
}

/// Keeps this thread outside all its spans until this is dropped.
pub(crate) struct OutsideSpans(Spans);

impl OutsideSpans {
    #[inline]
    pub(crate) fn begin() -> Self {
        OutsideSpans(Spans::leave(None))
    }
}

impl Drop for OutsideSpans {
    #[inline]
    fn drop(&mut self) {
        // Subscribers are code of the user's, which may panic.
        match thread::panicking() {
            false => self.0.enter_again(),
            true => forget_panic(|| self.0.enter_again()),
        }
    }
}
