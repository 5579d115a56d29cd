//! What a program notices of sync-twin: its threads, descriptors and signals, what it costs while it waits, and what is left
//! when it has gone.
//!
//! Most tests look at a whole process, so each has one of its own. `program.rs` has those that need the real main thread.

#![cfg(target_os = "linux")]

mod acts;
#[allow(
    dead_code,
    reason = "the other target that has this file uses all of it"
)]
#[path = "../independence/child.rs"]
mod child;
mod departure;
mod freed;
mod green;
mod held_locks;
mod idle;
mod inheritance;
mod plugin;
mod rest;
mod stacks;
mod starts;
mod tasks;
#[allow(
    dead_code,
    reason = "the other target that has this file uses all of it"
)]
#[path = "../independence/threads.rs"]
mod threads;
