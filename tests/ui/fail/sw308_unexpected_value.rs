//! # SW308: an option that takes no value has one
//! Why: `associated` is either given or not; without it the twin calls a free fn.
//! Fix: write just `associated`; see `../fixed/sw308_unexpected_value.rs`.

use sync_twin::sync_wrapper;

struct Client;

impl Client {
    #[sync_wrapper(associated = true)]
    async fn version(major: u32) -> String {
        format!("v{major}")
    }
}

fn main() {}
