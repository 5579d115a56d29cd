//! # SW413: another attribute changes how the fn is called
//! Why: `#[bon::builder]` leaves a fn without arguments behind, which returns a builder.
//! (What is named `bon` here stands for that crate.)
//! Fix: put `#[sync_wrapper]` on a fn of its own, and call that; see
//! `../fixed/sw413_changed_fn.rs`.

use sync_twin::sync_wrapper;

mod bon {
    pub use sync_twin::sync_wrapper as builder;
}

#[sync_wrapper]
#[bon::builder]
async fn load(id: u64) -> String {
    format!("user {id}")
}

fn main() {}
