//! What a program and its operator set for the process, and that it is so.
//!
//! A configuration is for a process, so each test has one of its own.

#![cfg(target_os = "linux")]

mod calls;
mod hooks;
mod install;
mod limit;
mod programs;
mod threads;

use sync_twin_tests::harness::{acts, child, tasks};
