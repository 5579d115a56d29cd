//! # SW306: the name of the twin is not an identifier
//! Why: the twin is a fn in the same place as the async fn; `fn` is a keyword, and no name of one.
//! Fix: write an identifier, here the raw one `r#fn`; see `../fixed/sw306_invalid_name.rs`.

use sync_twin::sync_wrapper;

#[sync_wrapper(name = fn)]
async fn load(id: u64) -> String {
    format!("user {id}")
}

fn main() {}
