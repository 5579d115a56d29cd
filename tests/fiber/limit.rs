//! More fibers than the system has memory mappings for. A program of its own: what is left of them is for everybody.

use std::any::Any;
use std::fs;
use std::future::{Future, pending};
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Waker};
use std::thread;
use sync_twin::{block_on, fiber};
use sync_twin_tests::harness::deadline::{test_name, watch};

/// With so many, the test would take gigabytes.
const MANY: usize = 100_000;

fn allowed() -> Option<usize> {
    let text = fs::read_to_string("/proc/sys/vm/max_map_count").ok()?;
    text.trim().parse().ok().filter(|allowed| *allowed < MANY)
}

fn message(panic: &(dyn Any + Send)) -> &str {
    panic.downcast_ref::<String>().expect("a message")
}

#[test]
fn there_is_a_panic_that_says_so() {
    let _watch = watch(&test_name());
    let Some(allowed) = allowed() else {
        let _ = writeln!(std::io::stderr(), "SKIPPED: there is no such limit here");
        return;
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime");
    let _entered = runtime.enter();
    let mut cx = Context::from_waker(Waker::noop());
    let mut fibers = Vec::new();
    let mut refused = loop {
        let mut code = fiber(|| block_on(pending::<()>()));
        let polled = catch_unwind(AssertUnwindSafe(|| Pin::new(&mut code).poll(&mut cx)));
        match polled {
            Ok(polled) => assert!(polled.is_pending()),
            Err(panic) => {
                let message = message(&*panic);
                assert!(message.contains("tests/fiber/limit.rs"), "{message}");
                assert!(message.contains("vm.max_map_count"), "{message}");
                break code;
            }
        }
        fibers.push(code);
        assert!(fibers.len() * 2 < allowed, "{}", fibers.len());
    };
    assert!(fibers.len() * 3 > allowed, "only {}", fibers.len());
    // Everybody else has what they need.
    thread::spawn(|| assert_eq!(vec![1_u8; 64 << 20].len(), 64 << 20))
        .join()
        .expect("a thread, and memory");
    // Polled again when others have ended, it begins.
    fibers.truncate(fibers.len() - 10);
    assert!(Pin::new(&mut refused).poll(&mut cx).is_pending());
}
