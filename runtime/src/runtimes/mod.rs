//! The runtimes of sync-twin's own, and how a thread may leave another one.

pub(crate) mod background;
pub(crate) mod block_in_place;
pub(crate) mod crew;
pub(crate) mod home;
