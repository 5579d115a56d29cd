//! # SW505: an associated fn that one attribute cannot tell from a free fn (E0425)
//! Why: it has no receiver and never says `Self`, so the twin looks for a free fn of that name.
//! Fix: add `associated`; see `../fixed/sw505_lone_associated.rs`.

use sync_twin::sync_wrapper;

struct Client;

impl Client {
    #[sync_wrapper]
    async fn version(major: u32) -> String {
        format!("v{major}")
    }
}

fn main() {}
