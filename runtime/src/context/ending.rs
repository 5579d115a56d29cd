//! Whether a call may be ended from outside, which happens by unwinding.

use std::cell::Cell;
use std::thread;

thread_local! {
    static IS_SHIELDED: Cell<bool> = const { Cell::new(false) };
}

/// Not while the thread is already unwinding, not where unwinding would abort the process, and not where the user has
/// forbidden it.
pub(crate) fn may_unwind() -> bool {
    !thread::panicking() && !cfg!(panic = "abort") && !IS_SHIELDED.get()
}

/// Whether the user has.
#[cfg(feature = "fiber")]
#[inline]
pub(crate) fn is_shielded() -> bool {
    IS_SHIELDED.get()
}

/// No call of the calling thread is ended by unwinding, until this is dropped.
pub(crate) struct Shield {
    was_shielded: bool,
}

impl Shield {
    pub(crate) fn begin() -> Self {
        Shield {
            was_shielded: IS_SHIELDED.replace(true),
        }
    }
}

impl Drop for Shield {
    fn drop(&mut self) {
        IS_SHIELDED.set(self.was_shielded);
    }
}
