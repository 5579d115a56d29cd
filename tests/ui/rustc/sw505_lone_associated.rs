//! # SW505: an associated fn that one attribute cannot tell from a free fn (E0425)
//! Why: it has no receiver and never says `Self`. Where the twin cannot run a copy of the body, as
//! with a result that is `impl Trait`, it looks for a free fn of that name.
//! Fix: put the attribute on the impl block, or add `associated`; see
//! `../fixed/sw505_lone_associated.rs`.

use std::fmt::Display;
use sync_twin::sync_wrapper;

struct Client;

impl Client {
    #[sync_wrapper]
    async fn version(major: u32) -> impl Display {
        format!("v{major}")
    }
}

fn main() {}
