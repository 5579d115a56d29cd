//! How a model is run.

use crate::clock;
use loom::model::Builder;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::thread;

/// More steps than any execution takes, unless it goes round in circles.
const STEPS: usize = 10_000;

/// Which interleavings are explored.
#[derive(Clone, Copy)]
pub(crate) enum Explore {
    /// All of them.
    All,
    /// Those with at most so many preemptions: switches away from a thread that could have gone on.
    Preemptions(usize),
}

/// Runs `model` in one interleaving after the other, and says how many there were.
pub(crate) fn check(explore: Explore, model: impl Fn() + Send + Sync + 'static) {
    let mut builder = Builder::new();
    builder.max_branches = STEPS;
    // Unless the environment says it.
    if let (Explore::Preemptions(most), None) = (explore, builder.preemption_bound) {
        builder.preemption_bound = Some(most);
    }
    let executions = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&executions);
    builder.check(move || {
        counted.fetch_add(1, Relaxed);
        clock::reset();
        model();
    });
    let thread = thread::current();
    let name = thread.name().unwrap_or("a model");
    println!("{name}: {} executions", executions.load(Relaxed));
}
