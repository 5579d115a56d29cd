//! # Likely: an `impl` block of a type of another crate
//! rustc allows it to no attribute either, and so there are neither the fns nor their twins.
//! Fix: write fns that take the type, or a type of your own around it. For a blocking type of it, there is `foreign`.

use sync_twin::sync_wrapper;

#[sync_wrapper]
impl std::sync::Barrier {
    async fn twice(&self) {
        self.wait();
        self.wait();
    }
}

fn main() {}
