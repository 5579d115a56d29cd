//! # Likely: isolation = "always" and a field that is not `Send`
//! The `Rc` is inside the type. rustc speaks of it, and names SW502 as what asks for `Send`.
//! Fix: as for SW502; see `../rustc/sw502_always_argument.rs`.

use std::rc::Rc;
use sync_twin::sync_wrapper;

struct Client {
    name: Rc<str>,
}

#[sync_wrapper(isolation = "always")]
impl Client {
    async fn length(&self) -> usize {
        self.name.len()
    }
}

fn main() {}
