//! A call depends on nobody: it ends well while the caller's runtime is blocked, exhausted, computing, gone, or without
//! drivers, and whatever other callers do.
//!
//! Each test is a situation that programs get into; `tests/README.md` has the table of them. A comment says what the
//! usual ways to block do there. "The recipe" is tokio's `block_in_place(|| Handle::current().block_on(…))`.

mod blocking_types;
mod bodies;
mod clients;
mod crowds;
mod echo;
mod endings;
mod endless;
mod flavors;
mod forks;
mod held;
mod hooks;
mod http;
mod idle;
mod lent;
mod local;
mod locks;
mod panics;
mod per_driver;
mod per_thread;
mod profiles;
mod ready;
mod receivers;
mod reports;
mod shutdown;
mod stacks;
mod starts;
mod strangers;
mod wakers;

use sync_twin_tests::harness::{child, threads};
