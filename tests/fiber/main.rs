//! Sync code on stacks of its own: `fiber` and `to_fiber`.

mod cancelling;
mod circular;
mod nested;
mod surroundings;
mod threads;
mod waits;
mod wakers;
mod work;
