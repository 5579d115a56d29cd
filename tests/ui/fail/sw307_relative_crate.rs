//! # SW307: the path to sync-twin is relative
//! Why: it would mean something else once the fn is moved to another module.
//! Fix: start the path with `::` (a dependency) or `crate::`; see
//! `../fixed/sw307_relative_crate.rs`.

use twins::sync_wrapper;

mod twins {
    pub use sync_twin::*;
}

#[sync_wrapper(crate = twins)]
async fn load(id: u64) -> String {
    format!("user {id}")
}

fn main() {}
