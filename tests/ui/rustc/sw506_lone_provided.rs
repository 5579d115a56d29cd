//! # SW506: a provided fn of a trait that one attribute cannot tell from a free fn (E0449)
//! Why: it has no receiver and never says `Self`, so its twin has a visibility of its own, as a free
//! fn has, and what stands in a trait has the visibility of the trait.
//! Fix: put the attribute on the trait, or add `associated`; see
//! `../fixed/sw506_lone_provided.rs`.

use sync_twin::sync_wrapper;

trait Store {
    #[sync_wrapper]
    async fn version(major: u32) -> String {
        format!("v{major}")
    }
}

fn main() {}
