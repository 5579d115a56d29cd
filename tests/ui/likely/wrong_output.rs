//! # Likely: `output` names another type than the future outputs
//! rustc finds it in the twin, and points at the attribute.
//! Fix: write the type that the future outputs.

use std::future::{Ready, ready};
use sync_twin::sync_wrapper;

#[sync_wrapper(output = u8)]
fn length(text: &str) -> Ready<usize> {
    ready(text.len())
}

fn main() {}
