//! What the one `unsafe` block promises: a call on an isolation thread may borrow from its caller's stack,
//! its future need not be `Send`, and nothing of it is left when the caller goes on. Made to be run under
//! AddressSanitizer too.

mod deadline;

use deadline::{test_name, watch};
use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind, panic_any};
use std::rc::Rc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Sender};
use std::thread::{self, ThreadId};
use std::time::Duration;
use sync_twin::sync_wrapper;
use tokio::task::{LocalSet, yield_now};
use tokio::time::sleep;

#[sync_wrapper(isolation = "always")]
async fn append(text: &mut String, word: &str) -> usize {
    yield_now().await;
    text.push_str(word);
    yield_now().await;
    text.len()
}

#[test]
fn arguments_may_borrow_from_the_callers_stack() {
    let _watch = watch(&test_name());
    let mut text = String::from("a");
    let word = String::from("b");
    for _ in 0..100 {
        append_sync(&mut text, &word);
    }
    assert_eq!(text.len(), 101);
}

#[sync_wrapper(isolation = "always")]
async fn longest<'a>(left: &'a str, right: &'a str) -> &'a str {
    yield_now().await;
    if left.len() < right.len() {
        right
    } else {
        left
    }
}

#[test]
fn the_result_may_borrow_from_the_arguments() {
    let _watch = watch(&test_name());
    let left = String::from("short");
    let right = String::from("longer");
    assert_eq!(longest_sync(&left, &right), "longer");
}

#[sync_wrapper(isolation = "always")]
async fn keeps_an_rc(n: u32) -> u32 {
    let shared = Rc::new(Cell::new(n));
    yield_now().await;
    let local = async {
        let shared = Rc::clone(&shared);
        let task = tokio::task::spawn_local(async move { shared.set(shared.get() + 1) });
        task.await.expect("it does not panic");
    };
    LocalSet::new().run_until(local).await;
    shared.get()
}

#[test]
fn the_future_need_not_be_send_and_may_bring_a_local_set() {
    let _watch = watch(&test_name());
    assert_eq!(keeps_an_rc_sync(1), 2);
}

#[sync_wrapper(isolation = "always")]
async fn where_am_i() -> ThreadId {
    thread::current().id()
}

#[test]
fn it_is_another_thread() {
    let _watch = watch(&test_name());
    assert_ne!(where_am_i_sync(), thread::current().id());
}

#[derive(Debug, PartialEq)]
struct Payload(Vec<u8>);

#[sync_wrapper(isolation = "always")]
async fn fails(when: usize, borrowed: &[u8]) {
    for step in 0..3 {
        if step == when {
            panic_any(Payload(borrowed.to_vec()));
        }
        yield_now().await;
    }
}

#[test]
fn a_panic_crosses_with_its_payload_and_the_thread_goes_on() {
    let _watch = watch(&test_name());
    for when in 0..3 {
        let borrowed = vec![1, 2, 3];
        let panic = catch_unwind(|| fails_sync(when, &borrowed)).unwrap_err();
        assert_eq!(
            *panic.downcast::<Payload>().expect("the payload's type"),
            Payload(vec![1, 2, 3])
        );
        fails_sync(3, &borrowed);
    }
}

/// Counts how many of its kind are alive.
struct Counted<'a>(&'a AtomicUsize);

impl<'a> Counted<'a> {
    fn new(alive: &'a AtomicUsize) -> Self {
        alive.fetch_add(1, Ordering::SeqCst);
        Counted(alive)
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

#[sync_wrapper(isolation = "always")]
async fn holds<'a>(argument: Counted<'a>, alive: &'a AtomicUsize, fail: bool) -> Counted<'a> {
    let local = Counted::new(alive);
    yield_now().await;
    assert!(!fail, "asked to fail");
    drop(local);
    argument
}

#[test]
fn everything_is_dropped_once_before_the_caller_goes_on() {
    let _watch = watch(&test_name());
    let alive = AtomicUsize::new(0);
    let output = holds_sync(Counted::new(&alive), &alive, false);
    assert_eq!(alive.load(Ordering::SeqCst), 1);
    drop(output);
    assert_eq!(alive.load(Ordering::SeqCst), 0);

    let argument = Counted::new(&alive);
    let failed = catch_unwind(AssertUnwindSafe(|| {
        holds_sync(argument, &alive, true);
    }));
    assert!(failed.is_err());
    assert_eq!(alive.load(Ordering::SeqCst), 0);
}

#[sync_wrapper(isolation = "always")]
async fn nest(depth: u32, path: &Path) -> u32 {
    yield_now().await;
    path.0.lock().expect("not poisoned").push(depth);
    if depth == 0 {
        0
    } else {
        nest_sync(depth - 1, path) + 1
    }
}

#[derive(Default)]
struct Path(Mutex<Vec<u32>>);

#[test]
fn calls_nest_while_all_levels_borrow_from_the_first() {
    let _watch = watch(&test_name());
    let path = Path::default();
    assert_eq!(nest_sync(20, &path), 20);
    let path = path.0.into_inner().expect("not poisoned");
    assert_eq!(path, (0..=20).rev().collect::<Vec<_>>());
}

#[test]
fn many_callers_at_once() {
    let _watch = watch(&test_name());
    thread::scope(|scope| {
        for caller in 0..16 {
            scope.spawn(move || {
                for round in 0..50 {
                    let word = format!("{caller}/{round}");
                    let mut text = String::new();
                    assert_eq!(append_sync(&mut text, &word), word.len());
                    assert_eq!(text, word);
                }
            });
        }
    });
}

thread_local! {
    static AT_EXIT: RefCell<Option<AtExit>> = const { RefCell::new(None) };
}

struct AtExit(Sender<usize>);

impl Drop for AtExit {
    fn drop(&mut self) {
        let mut text = String::from("at exit");
        let _ = self.0.send(append_sync(&mut text, "!"));
    }
}

#[test]
fn a_thread_that_is_ending_can_still_call() {
    let _watch = watch(&test_name());
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        AT_EXIT.with(|slot| *slot.borrow_mut() = Some(AtExit(sender)));
        // Tokio's thread-local is made after ours, so it is gone when ours is dropped.
        sync_twin::block_on(async {});
    })
    .join()
    .expect("the thread ends well");
    assert_eq!(receiver.recv(), Ok(8));
}

#[sync_wrapper]
async fn pause() {
    sleep(Duration::from_millis(1)).await;
}

/// Leaves a task behind on its isolation thread, which makes a call when that thread is idle.
#[sync_wrapper(isolation = "always")]
async fn leave_a_caller_behind(done: Sender<()>) {
    tokio::spawn(async move {
        sleep(Duration::from_millis(20)).await;
        pause_sync();
        // Not `Send`, so in place.
        sync_twin::block_on(async {
            let shared = Rc::new(());
            yield_now().await;
            drop(shared);
        });
        done.send(()).expect("the test listens");
    });
}

#[test]
fn a_task_left_on_an_idle_isolation_thread_may_make_calls() {
    let _watch = watch(&test_name());
    let (done, finished) = mpsc::channel();
    for _ in 0..3 {
        leave_a_caller_behind_sync(done.clone());
        finished
            .recv_timeout(Duration::from_secs(60))
            .expect("the call has not leased the thread that it blocks");
    }
}

/// Polls itself again and again until a task of its runtime has run.
#[sync_wrapper(isolation = "always")]
async fn spin() -> u32 {
    let task = tokio::spawn(async {
        sleep(Duration::from_millis(1)).await;
        7
    });
    while !task.is_finished() {
        yield_now().await;
    }
    task.await.expect("it does not panic")
}

#[test]
fn a_future_that_wakes_itself_lets_its_runtime_run() {
    let _watch = watch(&test_name());
    let (done, is_done) = mpsc::channel();
    thread::spawn(move || done.send(spin_sync()));
    assert_eq!(is_done.recv_timeout(Duration::from_secs(60)), Ok(7));
}
