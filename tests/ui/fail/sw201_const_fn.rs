//! # SW201: the function is `const`
//! Why: a `const fn` may be evaluated at compile time, where nothing can wait.
//! Fix: write `async` instead of `const`; see `../fixed/sw201_const_fn.rs`.

use sync_twin::sync_wrapper;

#[sync_wrapper]
const fn limit(plan: u32) -> u32 {
    plan * 100
}

fn main() {}
