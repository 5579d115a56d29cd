//! Which of the two runtimes a call lives on, and who chooses.

use crate::child::Child;
use std::thread;
use std::time::Duration;
use sync_twin::{block_on, spawn, sync_wrapper, to_thread};
use sync_twin_tests::harness::deadline::within_deadline;
use sync_twin_tests::harness::places::{PLACES, Place};
use tokio::runtime::RuntimeFlavor::{self, CurrentThread, MultiThread};
use tokio::runtime::{Handle, Id};
use tokio::task::yield_now;

async fn here() -> (RuntimeFlavor, Id) {
    yield_now().await;
    let runtime = Handle::current();
    (runtime.runtime_flavor(), runtime.id())
}

#[sync_wrapper]
async fn auto() -> (RuntimeFlavor, Id) {
    here().await
}

#[sync_wrapper(isolation = "never")]
async fn in_place() -> (RuntimeFlavor, Id) {
    here().await
}

#[sync_wrapper(flavor = "current_thread")]
async fn current_thread() -> (RuntimeFlavor, Id) {
    here().await
}

#[sync_wrapper(isolation = "always")]
async fn isolated() -> (RuntimeFlavor, Id) {
    here().await
}

#[sync_wrapper(flavor = "multi_thread")]
async fn multi_thread() -> (RuntimeFlavor, Id) {
    here().await
}

fn in_each(code: impl Fn(Place) + Copy + Send + 'static) {
    for place in PLACES {
        within_deadline(&format!("{place:?}"), move || {
            place.run(move || code(place));
        });
    }
}

/// The recipe runs in its caller's runtime, whatever that is.
#[test]
fn the_place_chooses() {
    in_each(|place| {
        let home = place == Place::Plain;
        let expected = |home| if home { CurrentThread } else { MultiThread };
        assert_eq!(in_place_sync().0, expected(home));
        // A thread of sync-twin's own runs it, and that drives home.
        assert_eq!(auto_sync().0, expected(home || place.drives()));
    });
}

/// `Runtime::block_on` of a runtime of either kind does the same, where it works.
#[test]
fn the_option_chooses() {
    in_each(|_| {
        assert_eq!(current_thread_sync().0, CurrentThread);
        assert_eq!(multi_thread_sync().0, MultiThread);
    });
}

/// So that what one call leaves behind works for the others.
#[test]
fn there_is_one_of_each() {
    let (home, crew) = (current_thread_sync().1, multi_thread_sync().1);
    in_each(move |_| {
        assert_eq!(current_thread_sync().1, home);
        assert_eq!(multi_thread_sync().1, crew);
        assert!([home, crew].contains(&auto_sync().1));
        assert!([home, crew].contains(&in_place_sync().1));
    });
}

/// They drive home, wherever the caller is: what they leave behind there does not wait for one of them.
#[test]
fn isolation_threads_have_no_runtimes_of_their_own() {
    let home = current_thread_sync().1;
    in_each(move |_| assert_eq!(isolated_sync(), (CurrentThread, home)));
}

/// What blocks there plainly must not hold up those who wait for the crew.
#[test]
fn work_in_the_background_has_a_runtime_apart() {
    let calls = [current_thread_sync().1, multi_thread_sync().1];
    in_each(move |_| {
        let task = spawn(async { Handle::current().id() }).join();
        let closure = block_on(to_thread(|| Handle::current().id()));
        assert_eq!(task, closure);
        assert!(!calls.contains(&task));
    });
}

/// The option of a fn has the last word.
#[test]
fn the_process_chooses_current_thread() {
    Child::new("flavors::the_process_chooses_current_thread")
        .with("SYNC_TWIN_FLAVOR", "current_thread")
        .run(|| {
            in_each(|_| {
                assert_eq!(auto_sync().0, CurrentThread);
                assert_eq!(multi_thread_sync().0, MultiThread);
            });
        });
}

/// The same with the other one.
#[test]
fn the_process_chooses_multi_thread() {
    Child::new("flavors::the_process_chooses_multi_thread")
        .with("SYNC_TWIN_FLAVOR", "multi_thread")
        .run(|| {
            in_each(|_| {
                assert_eq!(auto_sync().0, MultiThread);
                assert_eq!(current_thread_sync().0, CurrentThread);
            });
        });
}

/// An isolation thread drives the runtime of the thread that waits for it, if that has one; else home.
#[test]
fn the_process_chooses_per_thread() {
    Child::new("flavors::the_process_chooses_per_thread")
        .with("SYNC_TWIN_FLAVOR", "per_thread")
        .run(|| {
            let home = current_thread_sync().1;
            in_each(move |place| {
                let is_plain = place == Place::Plain;
                let (flavor, id) = in_place_sync();
                assert_eq!(flavor == CurrentThread, is_plain);
                assert_ne!(id, home);
                let has_its_own = is_plain || place.drives();
                let (flavor, own) = auto_sync();
                assert_eq!(flavor == CurrentThread, has_its_own);
                assert_ne!(own, home);
                let isolated = if has_its_own { own } else { home };
                assert_eq!(isolated_sync(), (CurrentThread, isolated));
                assert_eq!(multi_thread_sync().0, MultiThread);
            });
        });
}

#[test]
fn the_process_leaves_it_to_the_place() {
    Child::new("flavors::the_process_leaves_it_to_the_place")
        .with("SYNC_TWIN_FLAVOR", "auto")
        .run(|| {
            assert_eq!(auto_sync().0, CurrentThread);
            assert_eq!(Place::OneWorker.run(auto_sync).0, MultiThread);
        });
}

/// A misspelled choice is told of, and changes nothing.
#[test]
fn the_process_chooses_what_there_is_not() {
    const TEST: &str = "flavors::the_process_chooses_what_there_is_not";
    let child = || Child::new(TEST).with("SYNC_TWIN_FLAVOR", "multi-thread");
    child().reports("SYNC_TWIN_FLAVOR is `multi-thread`", || {
        assert_eq!(auto_sync().0, CurrentThread);
        assert_eq!(Place::OneWorker.run(auto_sync).0, MultiThread);
        // Until it is written.
        thread::sleep(Duration::from_secs(60));
    });
}
