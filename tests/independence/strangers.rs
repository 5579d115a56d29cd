//! A task that an earlier call left behind is polled by whoever drives home. That must be no thread that waits inside
//! or beside a runtime, nor one whose call does not need home: such a task would see the caller's task-locals and
//! thread-locals, borrow what the caller has borrowed, take its re-entrant locks, and run on its stack.
//!
//! `reqwest::blocking` polls everything on a thread of its own. A current-thread runtime of one's own, driven by each
//! caller in turn, has all of this.

use crate::child::alone;
use std::cell::RefCell;
use std::collections::HashSet;
use std::hint::black_box;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, LazyLock, Mutex};
use std::thread::{self, ThreadId};
use std::time::Duration;
use sync_twin::{block_on, spawn, sync_wrapper};
use sync_twin_tests::harness::deadline::within_deadline;
use sync_twin_tests::harness::places::{PLACES, Place};
use sync_twin_tests::harness::runtimes::workers;
use tokio::runtime::{Handle, Runtime};
use tokio::task::{AbortHandle, LocalSet};
use tokio::time::sleep;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber, dispatcher};

/// Long enough for the stranger to be polled many times, and in so many waits that a caller which may drive would come
/// to do so.
async fn many_waits() {
    for _ in 0..40 {
        sleep(Duration::from_millis(1)).await;
    }
}

#[sync_wrapper]
async fn wait() {
    many_waits().await;
}

#[sync_wrapper(isolation = "never")]
async fn wait_in_place() {
    many_waits().await;
}

#[sync_wrapper(isolation = "always")]
async fn wait_isolated() {
    many_waits().await;
}

#[sync_wrapper(flavor = "multi_thread")]
async fn wait_in_the_crew() {
    many_waits().await;
}

#[sync_wrapper(runtime = handle)]
async fn wait_in(handle: &Handle) {
    let _ = handle;
    many_waits().await;
}

/// Of somebody else's. Never dropped: tokio forbids that in most places here.
static OTHER: LazyLock<Runtime> = LazyLock::new(|| workers(1));

fn wait_in_a_runtime() {
    wait_in_sync(OTHER.handle());
}

fn wait_for_a_task() {
    // Each is a wait of its own.
    for _ in 0..40 {
        spawn(sleep_once()).join();
    }
}

async fn sleep_once() {
    sleep(Duration::from_millis(1)).await;
}

/// The calls that do not need home, wherever they are made.
const CALLS_ELSEWHERE: [(&str, fn()); 4] = [
    ("flavor = multi_thread", wait_in_the_crew_sync),
    ("isolation = always", wait_isolated_sync),
    ("runtime", wait_in_a_runtime),
    ("join", wait_for_a_task),
];

const CALLS: [(&str, fn()); 2] = [("auto", wait_sync), ("in place", wait_in_place_sync)];

/// A background task of home; ends when dropped.
struct Stranger(AbortHandle);

impl Stranger {
    /// Does `act` again and again.
    fn start(act: impl Fn() + Send + 'static) -> Self {
        let task = block_on(async {
            tokio::spawn(async move {
                loop {
                    act();
                    sleep(Duration::from_millis(1)).await;
                }
            })
            .abort_handle()
        });
        Stranger(task)
    }
}

impl Drop for Stranger {
    fn drop(&mut self) {
        self.0.abort();
    }
}

tokio::task_local! {
    static REQUEST: u32;
}

thread_local! {
    static STATE: RefCell<u32> = const { RefCell::new(0) };
}

/// The caller's own, for its thread.
struct Tracing;

impl Subscriber for Tracing {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        false
    }
    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, _: &Event<'_>) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

/// What strangers have found where they were polled.
#[derive(Default)]
struct Sightings {
    threads: Mutex<HashSet<ThreadId>>,
    of_callers: Mutex<HashSet<&'static str>>,
    polls: AtomicUsize,
}

impl Sightings {
    fn look_around(&self) {
        self.polls.fetch_add(1, SeqCst);
        self.threads.lock().unwrap().insert(thread::current().id());
        let mut found = self.of_callers.lock().unwrap();
        if REQUEST.try_with(|_| ()).is_ok() {
            found.insert("a task-local");
        }
        if STATE.with(|state| state.try_borrow_mut().is_err()) {
            found.insert("a borrowed thread-local");
        }
        if dispatcher::get_default(|dispatch| dispatch.is::<Tracing>()) {
            found.insert("a tracing subscriber");
        }
    }
}

/// Makes the call with everything around it that a stranger must not see.
fn surrounded(call: impl FnOnce()) {
    let _tracing = tracing::subscriber::set_default(Tracing);
    STATE.with_borrow_mut(|_| REQUEST.sync_scope(7, call));
}

/// Fails if a task of home is polled on the thread that makes the call.
fn check(place: Place, name: &str, call: fn()) {
    within_deadline(&format!("{place:?}, {name}"), move || {
        let sightings = Arc::new(Sightings::default());
        let stranger = Stranger::start({
            let sightings = Arc::clone(&sightings);
            move || sightings.look_around()
        });
        let caller = place.run(move || {
            surrounded(call);
            thread::current().id()
        });
        // Others do poll it.
        let polls = sightings.polls.load(SeqCst);
        while sightings.polls.load(SeqCst) == polls {
            thread::sleep(Duration::from_millis(1));
        }
        drop(stranger);
        let found = sightings.of_callers.lock().unwrap();
        assert!(found.is_empty(), "{found:?}");
        let threads = sightings.threads.lock().unwrap();
        assert!(!threads.contains(&caller), "polled on its caller's thread");
    });
}

/// Each place but a plain thread, with each kind of call.
#[test]
fn threads_inside_or_beside_a_runtime() {
    for place in PLACES {
        if place != Place::Plain {
            for (name, call) in CALLS.into_iter().chain(CALLS_ELSEWHERE) {
                check(place, name, call);
            }
        }
    }
}

/// A caller that drives home for such a call would do so without need.
#[test]
fn plain_threads_whose_calls_do_not_need_home() {
    for (name, call) in CALLS_ELSEWHERE {
        check(Place::Plain, name, call);
    }
}

#[sync_wrapper(flavor = "current_thread")]
async fn wait_at_home() {
    many_waits().await;
}

/// Such a thread drives home, and polls strangers meanwhile: that is what it says, and shows that the tests above would
/// see them.
#[test]
fn a_thread_whose_call_says_current_thread_polls_them() {
    let calls: [(Place, fn()); 7] = [
        (Place::Plain, wait_sync),
        (Place::Plain, wait_at_home_sync),
        (Place::Root, wait_at_home_sync),
        (Place::OneWorker, wait_at_home_sync),
        (Place::BlockingThread, wait_at_home_sync),
        (Place::Guard, wait_at_home_sync),
        (Place::BlockingThreadBesideDriver, wait_at_home_sync),
    ];
    alone(
        "strangers::a_thread_whose_call_says_current_thread_polls_them",
        || {
            for (n, (place, call)) in calls.into_iter().enumerate() {
                within_deadline(&format!("{place:?}, {n}"), move || {
                    let sightings = Arc::new(Sightings::default());
                    let _stranger = Stranger::start({
                        let sightings = Arc::clone(&sightings);
                        move || sightings.look_around()
                    });
                    let caller = place.run(move || {
                        surrounded(call);
                        thread::current().id()
                    });
                    let found = sightings.of_callers.lock().unwrap();
                    assert_eq!(found.len(), 3, "{found:?}");
                    assert!(sightings.threads.lock().unwrap().contains(&caller));
                });
            }
        },
    );
}

/// A set that its thread polls while another call of that thread waits: its tasks are strangers, too.
#[test]
fn a_local_set_is_polled_by_its_owner_only() {
    within_deadline("a LocalSet", || {
        Place::Driver.run(|| {
            let set = LocalSet::new();
            let polled = Arc::new(AtomicBool::new(false));
            let polls = Arc::clone(&polled);
            set.spawn_local(async move { polls.store(true, SeqCst) });
            wait_in_place_sync();
            assert!(!polled.load(SeqCst));
        });
    });
}

/// Uses 200 KiB of the stack that it is on.
#[inline(never)]
fn use_stack() {
    black_box([0_u8; 200 << 10]);
}

/// A stranger that needs more stack than the caller has: SIGSEGV.
#[test]
fn a_thread_with_a_stack_of_128_kib() {
    alone("strangers::a_thread_with_a_stack_of_128_kib", || {
        let _stranger = Stranger::start(use_stack);
        for (_, call) in CALLS_ELSEWHERE {
            // What only the first call does needs more.
            call();
            thread::Builder::new()
                .stack_size(128 << 10)
                .spawn(call)
                .unwrap()
                .join()
                .unwrap();
        }
    });
}

/// std's lock of stdout is re-entrant: a stranger on its holder's thread would get it, and print in between.
#[test]
fn a_thread_that_holds_stdout() {
    alone("strangers::a_thread_that_holds_stdout", || {
        let held = Arc::new(AtomicBool::new(false));
        let intruded = Arc::new(AtomicBool::new(false));
        let _stranger = Stranger::start({
            let (held, intruded) = (Arc::clone(&held), Arc::clone(&intruded));
            move || {
                let _stdout = io::stdout().lock();
                if held.load(SeqCst) {
                    intruded.store(true, SeqCst);
                }
            }
        });
        let waits_for_home = |name| name == "isolation = always";
        for (name, call) in CALLS_ELSEWHERE {
            // An isolation thread drives home, which stands still while a stranger wants the lock.
            if waits_for_home(name) {
                continue;
            }
            let stdout = io::stdout().lock();
            held.store(true, SeqCst);
            call();
            held.store(false, SeqCst);
            drop(stdout);
            assert!(!intruded.load(SeqCst), "{name}");
        }
    });
}
