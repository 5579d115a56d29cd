//! # SW504: the method implements a trait (E0407)
//! Why: an impl can contain only what its trait declares, and the trait declares no twin.
//! Fix: put the attribute on the method in the trait: every implementor gets the twin. If the trait is not yours, call
//! `sync_twin::block_on(store.load())`; see `../fixed/sw504_trait_impl.rs`.

use sync_twin::sync_wrapper;

trait Store {
    fn load(&self) -> impl Future<Output = String>;
}

impl Store for String {
    #[sync_wrapper]
    async fn load(&self) -> String {
        self.clone()
    }
}

fn main() {}
