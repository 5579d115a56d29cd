//! # The item survives: one that is not a function
//! The struct can be used although the attribute does not belong there, and other attributes on it
//! do their work.

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
