//! Fns at the left margin.
//!
//! What stands at the very start of a line is a free fn: whoever formats code indents the items of an `impl`. So a
//! lone fn there can be called by its name, and its body need not be compiled a second time. Where that is
//! wrong, rustc says that there is no such fn, and the option `associated` mends it. Where the compiler does not
//! tell columns (before Rust 1.88), no fn is at the margin.

use proc_macro2::Span;

/// Whether `start`, the first token of an item after its attributes, is the first thing in its line.
pub(crate) fn is_at(start: Span) -> bool {
    let start = start.start();
    start.line > 0 && start.column == 0
}
