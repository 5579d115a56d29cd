//! What the programs in `bin/` share. Each says on standard output what it has seen to be so.
//!
//! tokio itself has no answer to a fork: a runtime that a child inherits has no workers, and shares its epoll instance
//! with the parent. With tokio's feature `parking_lot` nobody has one, since that keeps a table of all parked threads of the
//! process: the child finds there the parent's, whose stacks it uses for its own.

pub mod calls;
pub mod child;
pub mod others;

use std::process::exit;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

/// Far above what any case takes on a loaded machine: it only means "hangs".
pub const DEADLINE: Duration = Duration::from_secs(60);

/// Runs a case, and prints its name. The process ends, and the test with it, should it hang.
pub fn case(name: &str, code: impl FnOnce()) {
    let (sender, receiver) = channel::<()>();
    let watched = name.to_owned();
    thread::spawn(move || {
        if receiver.recv_timeout(2 * DEADLINE) == Err(RecvTimeoutError::Timeout) {
            eprintln!("HANG: {watched}");
            exit(1);
        }
    });
    code();
    drop(sender);
    println!("{name}");
}
