//! Calls that may never end are told of on standard error, once, with their place. The telling cannot harm them, whatever
//! has become of standard error.
//!
//! The recipe and `Handle::block_on` hang silently in all of these places.

use crate::child::Child;
use futures::StreamExt as _;
use futures::stream::FuturesUnordered;
use std::future::pending;
use std::io::{self, Write as _};
use std::panic::{self, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::thread;
use std::time::Duration;
use sync_twin::{block_on, spawn, sync_wrapper};
use sync_twin_tests::harness::places::Place;
use sync_twin_tests::harness::runtimes::current_thread;
use tokio::runtime::Handle;
use tokio::task::yield_now;
use tokio::time::sleep;

/// Longer than a call may hold home without a report.
const TOO_LONG: Duration = Duration::from_secs(3);

#[sync_wrapper(isolation = "never", flavor = "multi_thread")]
async fn nap() {
    sleep(TOO_LONG).await;
}

/// Makes the call in a task of home, which it holds meanwhile.
fn hold_home(call: fn()) {
    block_on(async { tokio::spawn(async move { call() }).await }).unwrap();
}

/// The lines in which sync-twin speaks of this file.
fn reports(said: &str) -> Vec<&str> {
    said.lines()
        .filter(|line| line.starts_with("sync-twin:") && line.contains("independence/reports.rs"))
        .collect()
}

/// A call in a loop would fill the log.
#[test]
fn a_place_is_told_of_once() {
    let said = Child::new("reports::a_place_is_told_of_once").run_and_listen(|| {
        let again_and_again = || nap_sync();
        for _ in 0..3 {
            hold_home(again_and_again);
        }
        // The channel is still open.
        hold_home(|| nap_sync());
    });
    if let Some(said) = said {
        assert_eq!(reports(&said).len(), 2, "{said}");
    }
}

#[sync_wrapper(runtime = handle)]
async fn wait_in(handle: &Handle) {
    let _ = handle;
    pending().await
}

/// As somebody does whose `Display` makes a call inside an `eprintln!`.
#[test]
fn a_call_whose_thread_has_locked_stderr() {
    Child::new("reports::a_call_whose_thread_has_locked_stderr").reports(
        "independence/reports.rs",
        || {
            let undriven = current_thread();
            let _locked = io::stderr().lock();
            wait_in_sync(undriven.handle());
        },
    );
}

#[sync_wrapper]
async fn wait() {
    pending().await
}

fn on_a_driver(call: fn()) {
    thread::spawn(move || Place::DriverTask.run(call));
}

/// Whichever way a call waits there, the place that is told is the one in the user's code.
#[test]
fn calls_that_wait_on_a_driver() {
    let calls: [(u32, fn()); 4] = [
        (line!(), || wait_sync()),
        (line!(), || block_on(pending())),
        (line!(), || spawn(pending::<()>()).join()),
        (line!(), || block_on(async { block_on(pending()) })),
    ];
    let is_told = |said: &str, line: u32| {
        let place = format!("reports.rs:{line}:");
        reports(said).iter().any(|line| line.contains(&place))
    };
    Child::new("reports::calls_that_wait_on_a_driver").says_what(
        |said| calls.iter().all(|(line, _)| is_told(said, *line)),
        || {
            for (_, call) in calls {
                on_a_driver(call);
            }
            thread::sleep(Duration::from_secs(3600));
        },
    );
}

/// In place on a driver, the wake-up of a child that yields comes only after the call, and such a set does not poll the
/// child without it. The same happens in `futures::executor::block_on` there.
#[test]
fn a_set_that_polls_only_woken_children() {
    Child::new("reports::a_set_that_polls_only_woken_children").reports(
        "independence/reports.rs",
        || {
            current_thread().block_on(async {
                block_on(async {
                    let mut set: FuturesUnordered<_> = (0..3).map(|_| yield_now()).collect();
                    while set.next().await.is_some() {}
                });
            });
        },
    );
}

#[sync_wrapper(isolation = "always")]
async fn fail() {
    panic!("on purpose");
}

/// All that is told of, and that the call survives.
fn calls_that_are_told_of() {
    panic::set_hook(Box::new(|_| {}));
    hold_home(|| nap_sync());
    for _ in 0..3 {
        let panic = catch_unwind(|| fail_sync()).unwrap_err();
        assert_eq!(panic.downcast_ref(), Some(&"on purpose"));
    }
    hold_home(|| nap_sync());
    drop(panic::take_hook());
}

/// As when the other end of a terminal or a pager hangs.
#[test]
fn a_full_pipe_blocks_no_call() {
    Child::new("reports::a_full_pipe_blocks_no_call")
        .unread()
        .run(|| {
            let written = Arc::new(AtomicUsize::new(0));
            let count = Arc::clone(&written);
            // It holds the lock of stderr, too, once there is no more room.
            thread::spawn(move || {
                loop {
                    let more = io::stderr().write(&[b'.'; 64]).unwrap();
                    count.fetch_add(more, SeqCst);
                }
            });
            loop {
                let before = written.load(SeqCst);
                thread::sleep(Duration::from_millis(300));
                if before > 0 && written.load(SeqCst) == before {
                    break;
                }
            }
            calls_that_are_told_of();
        });
}

/// As with a log on a full disk.
#[cfg(target_os = "linux")]
#[test]
fn a_stderr_that_cannot_be_written_harms_no_call() {
    Child::new("reports::a_stderr_that_cannot_be_written_harms_no_call")
        .with_errors_to("/dev/full")
        .run(calls_that_are_told_of);
}

/// The thread that tells cannot be started.
#[cfg(target_os = "linux")]
#[test]
fn a_report_for_which_there_is_no_thread() {
    use crate::threads::{FEW, Hoard};

    Child::new("reports::a_report_for_which_there_is_no_thread")
        .limited(FEW)
        .run(|| {
            sync_twin::start().unwrap();
            block_on(async { tokio::spawn(async {}).await }).unwrap();
            let hoard = Hoard::take();
            hold_home(|| nap_sync());
            hoard.release();
            hold_home(|| nap_sync());
        });
}
