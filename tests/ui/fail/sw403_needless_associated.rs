//! # SW403: `associated` is given for a method
//! Why: its receiver says already that it is a method; the option is for fns without one.
//! Fix: remove `associated`; see `../fixed/sw403_needless_associated.rs`.

use sync_twin::sync_wrapper;

struct Client;

impl Client {
    #[sync_wrapper(associated)]
    async fn load(&self, id: u64) -> String {
        format!("user {id}")
    }
}

fn main() {}
