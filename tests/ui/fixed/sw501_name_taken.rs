//! # SW501, fixed: one of the twins has another name
//! Before: `../rustc/sw501_name_taken.rs`.

use sync_twin::sync_wrapper;

#[sync_wrapper]
async fn load(id: u64) -> String {
    format!("user {id}")
}

#[sync_wrapper(name = load_cached)]
async fn load_async(id: u64) -> String {
    format!("cached user {id}")
}

struct Users;

/// In a block, the second name is found without being told.
#[sync_wrapper]
impl Users {
    async fn load(&self) -> u8 {
        1
    }

    async fn load_async(&self) -> u8 {
        2
    }
}

fn main() {
    assert_eq!(load_sync(7), "user 7");
    assert_eq!(load_cached(7), "cached user 7");
    assert_eq!((Users.load_sync(), Users.load_async_sync()), (1, 2));
}
