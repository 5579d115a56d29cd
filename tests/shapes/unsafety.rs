//! `unsafe` fns: the twin asks of its caller what the async fn asks.

use crate::{awaited, pause};
use sync_twin::sync_wrapper;

/// Reads through a pointer.
///
/// # Safety
///
/// `pointer` must be valid for reads.
#[sync_wrapper]
pub async unsafe fn read(pointer: *const u8) -> u8 {
    pause().await;
    // SAFETY: the caller vouches for it.
    unsafe { *pointer }
}

/// What the methods belong to.
pub struct Bytes([u8; 2]);

impl Bytes {
    /// Leaves out the check.
    ///
    /// # Safety
    ///
    /// `index` must be in bounds.
    #[sync_wrapper]
    pub async unsafe fn get<T: From<u8>>(&self, index: usize) -> T {
        pause().await;
        // SAFETY: the caller vouches for it.
        T::from(unsafe { *self.0.get_unchecked(index) })
    }
}

#[test]
fn unsafe_fns() {
    let byte = 7;
    // SAFETY: the pointer comes from a reference.
    let (one, other) = unsafe { (read_sync(&raw const byte), awaited(read(&raw const byte))) };
    assert_eq!(one, other);
    // SAFETY: there are two bytes.
    assert_eq!(unsafe { Bytes([1, 2]).get_sync::<u16>(1) }, 2);
}
