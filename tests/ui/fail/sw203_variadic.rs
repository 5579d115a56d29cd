//! # SW203: the function takes a variable number of arguments
//! Why: the twin passes its arguments on, but `...` cannot be passed on.
//! Fix: put the attribute on an async fn with a fixed number of arguments; see
//! `../fixed/sw203_variadic.rs`.

use std::ffi::{c_char, c_int};
use sync_twin::sync_wrapper;

unsafe extern "C" {
    #[sync_wrapper]
    fn printf(format: *const c_char, ...) -> c_int;
}

fn main() {}
