//! An isolated call whose thread cannot be started.

use crate::acts::isolated_sync;
use crate::child::Child;
use crate::threads::{FEW, Hoard};
use std::panic::catch_unwind;

/// The call says so, names its place, and the next one tries again.
#[test]
fn no_isolation_thread_can_be_started() {
    Child::new("starts::no_isolation_thread_can_be_started")
        .limited(FEW)
        .run(|| {
            sync_twin::start().unwrap();
            for _ in 0..3 {
                // Anew each time: a thread that has ended since leaves its stack to the next one.
                let hoard = Hoard::take();
                let panic = catch_unwind(|| isolated_sync(1)).unwrap_err();
                let message = *panic.downcast::<String>().expect("a message of ours");
                hoard.release();
                assert!(message.contains("could not start"), "{message}");
            }
            for n in 0..3 {
                assert_eq!(isolated_sync(n), n);
            }
        });
}
