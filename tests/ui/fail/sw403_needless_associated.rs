//! # SW403: `associated` on a method
//! Why: its receiver already shows that it is a method. The option is for fns without a receiver.
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
