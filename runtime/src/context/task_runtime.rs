//! The runtime for one of whose tasks this thread is in a call.
//!
//! An isolated call takes it along to the isolation thread, which could not find it out.

use crate::fork;
use std::cell::RefCell;
use tokio::runtime::Handle;

thread_local! {
    /// The runtime for one of whose tasks this thread is in a call.
    static TASK_RUNTIME: RefCell<Option<Handle>> = const { RefCell::new(None) };
}

/// This thread is in a call for a task of a runtime, or for none, until this is dropped.
pub(crate) struct InTaskOf {
    enclosing: Option<Handle>,
}

impl InTaskOf {
    pub(crate) fn of(caller: Option<Handle>) -> Self {
        let enclosing = TASK_RUNTIME.try_with(|here| here.replace(caller));
        InTaskOf {
            enclosing: enclosing.unwrap_or_default(),
        }
    }
}

impl Drop for InTaskOf {
    fn drop(&mut self) {
        let _ = TASK_RUNTIME.try_with(|here| here.replace(self.enclosing.take()));
    }
}

/// The runtime for one of whose tasks this thread is in a call. One that is inherited by a fork ends elsewhere.
pub(crate) fn task_runtime() -> Option<Handle> {
    if fork::is_inherited_thread() {
        return None;
    }
    TASK_RUNTIME
        .try_with(|here| here.borrow().clone())
        .ok()
        .flatten()
}
