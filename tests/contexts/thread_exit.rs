//! The destructors of thread-locals. They run in the reverse order of first use, so a thread-local that was used
//! before tokio's outlives that, and with it every way to enter a runtime.

use std::cell::RefCell;
use std::thread;
use sync_twin::block_on;
use sync_twin_tests::harness::call::{Call, CallOnDrop};
use sync_twin_tests::harness::runtimes::one_worker;
use tokio::runtime::Handle;
use tokio::task::yield_now;

thread_local! {
    static LAST_WISH: RefCell<Option<CallOnDrop>> = const { RefCell::new(None) };
}

fn call_at_exit(call: Call) {
    LAST_WISH.with_borrow_mut(|wish| *wish = Some(CallOnDrop(call)));
}

fn use_tokio() {
    let _ = Handle::try_current();
}

fn use_twin() {
    block_on(yield_now());
}

fn on_a_new_thread(code: impl FnOnce() + Send + 'static) {
    thread::spawn(code).join().unwrap();
}

pub(crate) fn nothing_used(call: Call) {
    on_a_new_thread(|| call_at_exit(call));
}

pub(crate) fn tokio_alive(call: Call) {
    on_a_new_thread(|| {
        use_tokio();
        call_at_exit(call);
    });
}

pub(crate) fn tokio_destroyed(call: Call) {
    on_a_new_thread(|| {
        call_at_exit(call);
        use_tokio();
    });
}

pub(crate) fn tokio_alive_and_twin_used_before(call: Call) {
    on_a_new_thread(|| {
        use_twin();
        call_at_exit(call);
    });
}

/// What sync-twin keeps for the thread is gone, and what tokio keeps is not.
pub(crate) fn tokio_alive_and_twin_used_after(call: Call) {
    on_a_new_thread(|| {
        use_tokio();
        call_at_exit(call);
        use_twin();
    });
}

pub(crate) fn tokio_destroyed_and_twin_used(call: Call) {
    on_a_new_thread(|| {
        call_at_exit(call);
        use_twin();
    });
}

/// Worker threads end with their runtime.
pub(crate) fn worker(call: Call) {
    let runtime = one_worker();
    runtime.block_on(async { tokio::spawn(async { call_at_exit(call) }).await.unwrap() });
    drop(runtime);
}
