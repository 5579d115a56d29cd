//! The runtimes that stand still because of the call that is made here.
//!
//! A current-thread runtime stands still while its thread is in a call. Whatever that call runs, on this thread, on an
//! isolation thread or by [`to_thread`](crate::to_thread()), must not wait for that runtime: such a wait never ends. So
//! the list of such runtimes goes along with the call.

use std::cell::Cell;
use tokio::runtime::Id;

/// How many runtimes deep the list goes. A chain of calls through more of them forgets the outermost.
const DEPTH: usize = 4;

#[derive(Clone, Copy, Default)]
pub(crate) struct Blocked([Option<Id>; DEPTH]);

thread_local! {
    static BLOCKED: Cell<Blocked> = const { Cell::new(Blocked([None; DEPTH])) };
}

impl Blocked {
    /// Those of the code that runs here.
    pub(crate) fn here() -> Self {
        BLOCKED.try_with(Cell::get).unwrap_or_default()
    }

    pub(crate) fn contains(self, runtime: Id) -> bool {
        self.0.contains(&Some(runtime))
    }

    /// The same, and `runtime`.
    pub(crate) fn and(mut self, runtime: Id) -> Self {
        self.0.rotate_right(1);
        self.0[0] = Some(runtime);
        self
    }

    /// Lets them hold for what runs on this thread until the guard is dropped.
    pub(crate) fn hold(self) -> BlockedHere {
        let enclosing = BLOCKED.try_with(|here| here.replace(self));
        BlockedHere {
            enclosing: enclosing.unwrap_or_default(),
        }
    }
}

pub(crate) struct BlockedHere {
    enclosing: Blocked,
}

impl Drop for BlockedHere {
    fn drop(&mut self) {
        let _ = BLOCKED.try_with(|here| here.set(self.enclosing));
    }
}
