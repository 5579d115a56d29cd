//! # SW313: `skip(…)` or `only(…)` names something that is not in the block
//! Why: the list chooses among the items of its block, by their names.
//! Fix: write the name as in the block; see `../fixed/sw313_unknown_item.rs`.

use sync_twin::sync_wrapper;

struct Client;

#[sync_wrapper(skip(conect))]
impl Client {
    async fn connect() -> Client {
        Client
    }
}

fn main() {}
