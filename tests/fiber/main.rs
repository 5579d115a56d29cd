//! Sync code on stacks of its own: `fiber` and `to_fiber`.

mod cancelling;
mod circular;
mod nested;
#[cfg(unix)]
mod overflow;
mod surroundings;
mod threads;
mod waits;
mod wakers;
mod work;
