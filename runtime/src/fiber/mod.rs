//! Sync code on a stack of its own, whose waits suspend the task that awaits it.

mod future;
mod stack;
mod to_fiber;

pub use future::Fiber;

use crate::context;
use crate::dispatch::in_async::Silence;
use std::panic::Location;
use to_fiber::Awaiting;

/// Fiber.
#[track_caller]
pub fn fiber<F, T>(code: F) -> Fiber<F, T>
where
    F: FnOnce() -> T + 'static,
    T: 'static,
{
    Fiber::new(code, Location::caller())
}

/// To fiber.
#[track_caller]
pub fn to_fiber<F, T>(code: F) -> impl Future<Output = T> + Send + use<F, T>
where
    F: FnOnce() -> T + Send + 'static,
    T: Send + 'static,
{
    let made_at = Location::caller();
    async move { Awaiting::begin(code, made_at).await }
}

/// Without.
pub fn without_fiber<T>(code: impl FnOnce() -> T) -> T {
    let _silence = Silence::begin();
    context::fiber::without(code)
}
