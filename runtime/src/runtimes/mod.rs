//! sync-twin's own runtimes, and how a thread leaves a runtime of the user's.

pub(crate) mod background;
pub(crate) mod block_in_place;
pub(crate) mod crew;
pub(crate) mod home;
