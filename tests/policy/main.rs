//! What a program and its operator set for the process, and that it is so.
//!
//! A configuration is for a process, so each test has one of its own.

#![cfg(target_os = "linux")]

#[allow(
    dead_code,
    reason = "the other target that has this file uses all of it"
)]
#[path = "../guest/acts.rs"]
mod acts;
mod calls;
#[allow(
    dead_code,
    reason = "the other target that has this file uses all of it"
)]
#[path = "../independence/child.rs"]
mod child;
mod hooks;
mod install;
mod limit;
mod programs;
#[allow(
    dead_code,
    reason = "the other target that has this file uses all of it"
)]
#[path = "../guest/tasks.rs"]
mod tasks;
mod threads;
