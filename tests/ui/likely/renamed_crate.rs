//! # Likely: sync-twin under another name
//! Generated code finds sync-twin at `::sync_twin`. If the dependency has another name, `crate` has to say that, and say it right.
//! Fix: write the name that the dependency has in Cargo.toml, as in `crate = ::twins`.

use sync_twin::sync_wrapper;

#[sync_wrapper(crate = ::twins)]
async fn load(id: u64) -> String {
    format!("user {id}")
}

fn main() {}
