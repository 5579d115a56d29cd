//! Fibers that are kept in variables of the thread, which are dropped when it ends. What the code refers to may be gone then.

use crate::work::*;
use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::task::Waker;
use std::thread;
use sync_twin::{Fiber, fiber};

type Never = Fiber<fn(), ()>;

/// A fiber that is polled once more when the thread ends, and dropped then.
struct Kept {
    code: Never,
    said: Sender<String>,
}

impl Drop for Kept {
    fn drop(&mut self) {
        let polled = catch_unwind(AssertUnwindSafe(|| {
            poll_with(&mut self.code, Waker::noop())
        }));
        let panic = polled.map(|_| "it was polled".to_owned());
        let said = panic.unwrap_or_else(|panic| *panic.downcast().expect("a message"));
        let _ = self.said.send(said);
    }
}

thread_local! {
    static KEPT: RefCell<Option<Kept>> = const { RefCell::new(None) };
}

fn keep(code: Never) -> Receiver<String> {
    let (said, heard) = channel();
    KEPT.set(Some(Kept { code, said }));
    heard
}

fn begin(code: &mut Never) {
    assert!(poll_with(code, Waker::noop()).is_pending());
}

#[test]
fn after_what_runs_fibers_is_gone() {
    let _watch = watch(&test_name());
    for has_begun in [true, false] {
        let thread = thread::spawn(move || {
            // The variables that have been used first are dropped last.
            KEPT.set(None);
            let mut code = fiber(never_sync as fn());
            if has_begun {
                begin(&mut code);
            } else {
                begin(&mut fiber(never_sync as fn()));
            }
            keep(code)
        });
        let said = thread.join().expect("it does not panic").recv();
        let said = said.expect("it is dropped");
        assert!(
            said.starts_with("the fiber made at ")
                && said.ends_with(" cannot run on a thread that is ending"),
            "{said}"
        );
    }
}
