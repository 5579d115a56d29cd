//! # SW505: an associated fn that one attribute cannot tell from a free fn (E0425)
//! Why: an attribute on a fn sees nothing around it. This fn has no receiver and never says `Self`,
//! so the twin calls a free fn of that name.
//! Fix: put the attribute on the impl block, or say `associated`; see
//! `../fixed/sw505_lone_associated.rs`.

use sync_twin::sync_wrapper;

struct Client;

impl Client {
    #[sync_wrapper]
    async fn version(major: u32) -> String {
        format!("v{major}")
    }
}

fn main() {}
