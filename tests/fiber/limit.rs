//! More fibers than the system has memory mappings for. A program of its own: what is left of them is for everybody.

use std::any::Any;
use std::fs;
use std::future::{Future, pending};
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Waker};
use std::thread;
use std::time::Duration;
use sync_twin::{block_on, fiber, to_fiber};
use sync_twin_tests::harness::deadline::{test_name, watch};
use tokio::sync::Barrier;

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
fn as_many_as_the_system_allows() {
    let _watch = watch(&test_name());
    if allowed().is_none() {
        let _ = writeln!(std::io::stderr(), "SKIPPED: there is no such limit here");
        return;
    }
    there_is_a_panic_that_says_so();
    stacks_that_are_not_needed_go();
}

fn there_is_a_panic_that_says_so() {
    let allowed = allowed().expect("there is a limit");
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
    // When all have, their stacks are for everybody, though this thread does nothing any more.
    let most = fibers.len();
    fibers.clear();
    // This thread keeps a few.
    thread::spawn(move || drop(begin(most - 64)))
        .join()
        .expect("there are stacks");
}

/// So many fibers that wait.
fn begin(count: usize) -> Vec<impl Future> {
    let mut cx = Context::from_waker(Waker::noop());
    let waiting = |_| {
        let mut code = fiber(|| block_on(pending::<()>()));
        assert!(Pin::new(&mut code).poll(&mut cx).is_pending());
        code
    };
    (0..count).map(waiting).collect()
}

/// How many memory mappings the process has.
fn mappings() -> usize {
    let maps = fs::read_to_string("/proc/self/maps").unwrap_or_default();
    maps.lines().count()
}

/// Those of a burst are freed while there are others now and then, on whatever thread.
fn stacks_that_are_not_needed_go() {
    let burst = || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .expect("a runtime");
        let _entered = runtime.enter();
        let _fibers = begin(2000);
        assert!(mappings() > 2000);
    };
    burst();
    // The deadline of the test is the bound.
    while mappings() > 500 {
        block_on(async { fiber(|| 7).await });
    }
    // Those of threads for them also while there are no others.
    let all = Arc::new(Barrier::new(2000));
    let meet = || {
        let all = Arc::clone(&all);
        tokio::spawn(to_fiber(move || {
            block_on(all.wait());
        }))
    };
    block_on(async {
        for code in (0..2000).map(|_| meet()).collect::<Vec<_>>() {
            code.await.expect("it does not panic");
        }
    });
    assert!(mappings() > 2000);
    while mappings() > 500 {
        thread::sleep(Duration::from_millis(10));
    }
}
