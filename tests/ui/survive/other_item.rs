//! # The item survives: one that is not a function
//! The attribute does not belong on the struct, but the struct can be used, and its other attributes
//! work.

use sync_twin::sync_wrapper;

#[sync_wrapper]
#[derive(Clone, Default)]
struct User {
    id: u64,
}

fn main() {
    let user = User::default();
    assert_eq!(user.clone().id, 0);
}
