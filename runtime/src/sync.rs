//! What the [parker](crate::park::parker), the seat of home, the isolation threads and tasks that serve are made of. Everything that their
//! threads share goes through here, so that a model checker can put its own in place: see `tests/model`.

pub(crate) use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, AtomicUsize};
pub(crate) use std::sync::{Condvar, Mutex, MutexGuard};
