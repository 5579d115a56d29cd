//! The runtimes that are blocked by the call that is made here.
//!
//! A current-thread runtime is blocked while its thread is in a call. Code that the call runs must not wait for that
//! runtime, whether on this thread, on an isolation thread or by [`to_thread`](crate::to_thread()): the wait would never
//! end. So the list of blocked runtimes goes along with the call.

use std::cell::Cell;
use tokio::runtime::Id;

/// How many runtimes the list holds. A chain of calls through more of them forgets the outermost.
const DEPTH: usize = 4;

#[derive(Clone, Copy, Default)]
pub(crate) struct BlockedRuntimes([Option<Id>; DEPTH]);

thread_local! {
    static BLOCKED: Cell<BlockedRuntimes> = const { Cell::new(BlockedRuntimes([None; DEPTH])) };
}

impl BlockedRuntimes {
    /// Those that the code running here must not wait for.
    pub(crate) fn of_this_thread() -> Self {
        BLOCKED.try_with(Cell::get).unwrap_or_default()
    }

    pub(crate) fn contains(self, runtime: Id) -> bool {
        self.0.contains(&Some(runtime))
    }

    /// Adds `runtime`.
    pub(crate) fn with(mut self, runtime: Id) -> Self {
        self.0.rotate_right(1);
        self.0[0] = Some(runtime);
        self
    }

    /// Makes this the list of this thread until the guard is dropped.
    pub(crate) fn set_here(self) -> BlockedGuard {
        let enclosing = BLOCKED.try_with(|here| here.replace(self));
        BlockedGuard {
            enclosing: enclosing.unwrap_or_default(),
        }
    }
}

pub(crate) struct BlockedGuard {
    enclosing: BlockedRuntimes,
}

impl Drop for BlockedGuard {
    fn drop(&mut self) {
        let _ = BLOCKED.try_with(|here| here.set(self.enclosing));
    }
}
