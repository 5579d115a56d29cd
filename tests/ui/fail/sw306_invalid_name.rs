//! # SW306: the name of the twin is not an identifier
//! Why: the twin is a fn beside the async fn, and the keyword `fn` cannot be its name.
//! Fix: write an identifier, here the raw one `r#fn`; see `../fixed/sw306_invalid_name.rs`.

use sync_twin::sync_wrapper;

#[sync_wrapper(name = fn)]
async fn load(id: u64) -> String {
    format!("user {id}")
}

fn main() {}
