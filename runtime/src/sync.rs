//! What the [parker](crate::park::parker), the seat of home and the isolation threads are made of. Everything that their
//! threads share goes through here, so that a model checker can put its own in place: see `tests/model`.

pub(crate) use std::sync::atomic::{AtomicU8, AtomicU32, AtomicUsize};
pub(crate) use std::sync::{Condvar, Mutex, MutexGuard};
