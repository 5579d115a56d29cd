//! Sync code that somebody else calls: traits and hooks whose fns cannot be async.

use std::cell::RefCell;
use std::fmt;
use std::panic;
use std::sync::{Mutex, Once};
use sync_twin_tests::harness::call::Call;
use sync_twin_tests::harness::runtimes::{current_thread, one_worker};
use tokio::runtime::Builder;
use tokio::task::{LocalSet, spawn_local};
use tokio::time::{Duration, sleep};

pub(crate) fn comparator_in_a_task(call: Call) {
    let task = async move {
        let mut numbers = [2, 1];
        numbers.sort_by(|a, b| {
            call.run();
            a.cmp(b)
        });
        assert_eq!(numbers, [1, 2]);
    };
    one_worker().block_on(async { tokio::spawn(task).await.unwrap() });
}

pub(crate) fn display_on_a_driver(call: Call) {
    struct Report(Call);
    impl fmt::Display for Report {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            self.0.run();
            f.write_str("done")
        }
    }
    let text = current_thread().block_on(async { Report(call).to_string() });
    assert_eq!(text, "done");
}

pub(crate) fn iterator_in_a_local_task(call: Call) {
    struct Pages(Call, u32);
    impl Iterator for Pages {
        type Item = u32;
        fn next(&mut self) -> Option<u32> {
            self.0.run();
            self.1 = self.1.checked_sub(1)?;
            Some(self.1)
        }
    }
    let pages = Pages(call, 1);
    let task = async { assert_eq!(pages.count(), 1) };
    current_thread().block_on(LocalSet::new().run_until(async {
        spawn_local(task).await.unwrap();
    }));
}

/// A hook may report over the network. A panic in it, even one that is caught, would abort the process.
pub(crate) fn panic_hook(call: Call) {
    on_panic(call, || panic!("on purpose"));
}

pub(crate) fn panic_hook_on_a_worker(call: Call) {
    one_worker().block_on(async {
        tokio::spawn(async { on_panic(call, || panic!("on purpose")) })
            .await
            .unwrap();
    });
}

thread_local! {
    static ON_PANIC: RefCell<Option<Call>> = const { RefCell::new(None) };
}

fn on_panic(call: Call, code: fn()) {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            match ON_PANIC.try_with(|call| call.borrow_mut().take()) {
                Ok(Some(call)) => call.run(),
                _ => before(info),
            }
        }));
    });
    ON_PANIC.set(Some(call));
    panic::catch_unwind(code).unwrap_err();
}

/// A runtime's hook. (Those of a multi-thread runtime are no place to block: its workers are in them, and cannot
/// drive meanwhile.)
pub(crate) fn thread_park_of_a_current_thread_runtime(call: Call) {
    let call = Mutex::new(Some(call));
    let runtime = Builder::new_current_thread()
        .enable_all()
        .on_thread_park(move || {
            let call = call.lock().unwrap().take();
            if let Some(call) = call {
                call.run();
            }
        })
        .build()
        .unwrap();
    runtime.block_on(async { sleep(Duration::from_millis(5)).await });
}
