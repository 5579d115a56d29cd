//! # SW103: the impl block implements a trait
//! Why: an impl of a trait can contain only what the trait declares, and it declares no twin.
//! Fix: put the attribute on the trait, so that every implementor has the twins. If the trait is not yours, call
//! `sync_twin::block_on(store.load())`; see `../fixed/sw103_trait_impl.rs`.

use sync_twin::sync_wrapper;

trait Store {
    async fn load(&self) -> String;
}

#[sync_wrapper]
impl Store for String {
    async fn load(&self) -> String {
        self.clone()
    }
}

fn main() {}
