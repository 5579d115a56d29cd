//! Tasks that serve the code which they await: `to_thread(…).serve()` and `.serve_local()`.
//!
//! The code runs on a thread. A call below it is lent to the awaiting task, which builds its future, polls it with its own
//! waker whenever it is polled itself, and drops it. So the call lives in that task, on the loop that it blocks nothing of.
//!
//! From below: [`bell`] wakes the task, [`hub`] passes jobs there and back, [`lent`] is what a job is. A thread with a [`queue`] runs
//! what its own call asks for. Which calls
//! are lent, and how they end, is up to `dispatch`; the task's side is in `to_thread`.

pub(crate) mod bell;
pub(crate) mod hub;
pub(crate) mod lent;
pub(crate) mod queue;

use crate::context::host::{Host, HostGuard};
use lent::Service;
use std::cell::RefCell;
use std::sync::Arc;

thread_local! {
    /// Who serves the code on this thread, while its [`Host`] is a task.
    static SERVICE: RefCell<Option<Arc<Service>>> = const { RefCell::new(None) };
    /// Whose calls this thread is polling.
    static POLLED: RefCell<Vec<usize>> = const { RefCell::new(Vec::new()) };
}

/// Who serves the code that runs here.
pub(crate) fn service() -> Option<Arc<Service>> {
    if Host::here() != Host::Task {
        return None;
    }
    SERVICE
        .try_with(|here| here.borrow().clone())
        .ok()
        .flatten()
}

/// The code on this thread is served, until this is dropped.
pub(crate) struct Served {
    enclosing: Option<Arc<Service>>,
    _host: HostGuard,
}

impl Served {
    pub(crate) fn by(service: Arc<Service>) -> Self {
        let enclosing = SERVICE.try_with(|here| here.replace(Some(service)));
        Served {
            enclosing: enclosing.unwrap_or_default(),
            _host: Host::Task.set_here(),
        }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let own = SERVICE.try_with(|here| here.replace(self.enclosing.take()));
        // It may be the last, and is dropped where nobody has borrowed the variable.
        drop(own);
    }
}

/// This thread polls the calls of a service, until this is dropped. What these calls make for the same service cannot wait for
/// the next poll.
pub(crate) struct Polling(());

impl Polling {
    pub(crate) fn begin(service: &Arc<Service>) -> Self {
        let address = Arc::as_ptr(service).addr();
        let _ = POLLED.try_with(|polled| polled.borrow_mut().push(address));
        Polling(())
    }
}

impl Drop for Polling {
    fn drop(&mut self) {
        let _ = POLLED.try_with(|polled| polled.borrow_mut().pop());
    }
}

/// Whether this thread is polling calls of `service`.
pub(crate) fn is_polling(service: &Arc<Service>) -> bool {
    let address = Arc::as_ptr(service).addr();
    POLLED.try_with(|polled| polled.borrow().contains(&address)) == Ok(true)
}
