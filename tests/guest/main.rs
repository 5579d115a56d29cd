//! What a program notices of sync-twin: its threads, descriptors and signals, what it costs while it waits, and what is left
//! when it has gone.
//!
//! Most tests look at a whole process, so each has one of its own. `program.rs` has those that need the real main thread.

#![cfg(target_os = "linux")]

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

use sync_twin_tests::harness::{acts, child, tasks, threads};
