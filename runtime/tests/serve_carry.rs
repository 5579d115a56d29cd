//! What a task serves ends in that task, whatever a [`Carry`] of the user's does.

mod deadline;

use deadline::{test_name, watch};
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::mpsc;
use std::thread::{self, ThreadId};
use std::time::Duration;
use sync_twin::{Carry, block_on, caller, to_thread};

/// One that refuses.
struct Refusing(AtomicBool);

static REFUSING: Refusing = Refusing(AtomicBool::new(false));

impl Carry for Refusing {
    type Value = ();

    fn get(&'static self) {}

    fn scope(&'static self, (): &mut (), code: &mut dyn FnMut()) {
        assert!(!self.0.load(SeqCst), "refused");
        code();
    }
}

/// What may be dropped only where it has been made.
struct Bound {
    at_home: ThreadId,
    dropped: mpsc::Sender<bool>,
    _not_send: Rc<Cell<u32>>,
}

impl Drop for Bound {
    fn drop(&mut self) {
        let _ = self.dropped.send(thread::current().id() == self.at_home);
    }
}

fn wait_bound(dropped: mpsc::Sender<bool>, refuse: bool) {
    caller().block_on(|| async move {
        let _bound = Bound {
            at_home: thread::current().id(),
            dropped,
            _not_send: Rc::default(),
        };
        REFUSING.0.store(refuse, SeqCst);
        std::future::pending::<()>().await;
    });
}

/// Also when that panics, be it in a poll or when the call is dropped, a future that is not `Send` stays on its thread.
#[test]
fn a_future_is_dropped_where_it_is_polled() {
    let _watch = watch(&test_name());
    sync_twin::carry(&REFUSING);
    for refuse_poll in [true, false] {
        REFUSING.0.store(false, SeqCst);
        let (dropped, was_at_home) = mpsc::channel();
        let serving = to_thread(move || wait_bound(dropped, refuse_poll)).serve_local();
        let ended = AssertUnwindSafe(|| {
            block_on(async {
                let mut serving = Box::pin(serving);
                let short = tokio::time::timeout(Duration::from_millis(100), &mut serving);
                let _ = short.await;
                REFUSING.0.store(true, SeqCst);
                drop(serving);
            });
        });
        let panics = catch_unwind(ended).is_err();
        let at_home = was_at_home.recv_timeout(Duration::from_secs(60));
        assert_eq!(at_home, Ok(true), "{refuse_poll}");
        assert!(panics || refuse_poll, "a drop that panics says so");
    }
    REFUSING.0.store(false, SeqCst);
}
