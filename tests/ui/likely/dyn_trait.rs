//! # Likely: `dyn` and a trait with async fns
//! The twins could be called through `dyn`, but native async fns cannot, and they are in the same trait.
//! Fix: put `#[async_trait]` on the trait too, or take an `impl Store`.

use sync_twin::sync_wrapper;

#[sync_wrapper]
trait Store {
    async fn load(&self) -> String;
}

fn show(store: &dyn Store) {
    println!("{}", store.load_sync());
}

fn main() {}
