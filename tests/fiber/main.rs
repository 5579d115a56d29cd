//! Sync code on stacks of its own: `fiber` and `to_fiber`.

#[cfg(not(sanitized))]
mod actors;
mod cancelling;
mod circular;
mod guards;
mod mcp;
mod nested;
#[cfg(unix)]
mod overflow;
mod surroundings;
mod thread_end;
mod threads;
mod waits;
mod wakers;
mod work;
