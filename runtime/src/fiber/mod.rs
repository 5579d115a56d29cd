//! Sync code on a stack of its own, whose waits suspend the task that awaits it.

mod future;
mod stack;

pub use future::Fiber;

use crate::context;
use std::panic::Location;

/// Fiber.
#[track_caller]
pub fn fiber<F, T>(code: F) -> Fiber<F, T>
where
    F: FnOnce() -> T + 'static,
    T: 'static,
{
    Fiber::new(code, Location::caller())
}

/// Without.
pub fn without_fiber<T>(code: impl FnOnce() -> T) -> T {
    context::fiber::without(code)
}
