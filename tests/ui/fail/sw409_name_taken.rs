//! # SW409: the block already has something with the name of the twin
//! Why: two fns side by side need two names.
//! Fix: give the twin another name, or leave it out with `skip`; see
//! `../fixed/sw409_name_taken.rs`.

use sync_twin::sync_wrapper;

struct Client;

#[sync_wrapper]
impl Client {
    async fn load(&self, id: u64) -> String {
        format!("user {id}")
    }

    fn load_sync(&self) {}
}

fn main() {}
