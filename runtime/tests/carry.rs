//! What `carry` names, and the current span, hold where a call runs, and nowhere else.

mod deadline;

use deadline::{test_name, watch};
use std::cell::{Cell, RefCell};
use std::future::Future;
use std::panic::{catch_unwind, resume_unwind};
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::SeqCst;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;
use sync_twin::{Carry, block_on, block_on_with, carry, metrics, spawn, sync_wrapper, to_thread};
use tokio::task::yield_now;

tokio::task_local! {
    static REQUEST: String;
    static NOT_NAMED: u32;
}

thread_local! {
    static USER: Cell<u32> = const { Cell::new(0) };
    static TRAIL: RefCell<Vec<u32>> = const { RefCell::new(Vec::new()) };
}

/// What holds on this thread.
#[derive(Debug, PartialEq, Eq)]
struct Seen {
    request: Option<String>,
    user: u32,
    trail: Vec<u32>,
}

fn seen() -> Seen {
    Seen {
        request: REQUEST.try_with(String::clone).ok(),
        user: USER.get(),
        trail: TRAIL.with_borrow(Vec::clone),
    }
}

fn nothing() -> Seen {
    Seen {
        request: None,
        user: 0,
        trail: Vec::new(),
    }
}

fn name_all() {
    carry(&REQUEST);
    carry(&USER);
    carry(&TRAIL);
}

/// Runs `code` where all of it holds, and checks that it does again afterwards.
fn with_all<T>(code: impl FnOnce(Seen) -> T) -> T {
    name_all();
    REQUEST.sync_scope("r7".to_owned(), || {
        USER.set(7);
        TRAIL.set(vec![1, 2]);
        let here = || Seen {
            request: Some("r7".to_owned()),
            user: 7,
            trail: vec![1, 2],
        };
        assert_eq!(seen(), here());
        let output = code(here());
        assert_eq!(seen(), here());
        USER.set(0);
        TRAIL.take();
        output
    })
}

/// Says what holds when it is built, polled and dropped.
#[derive(Default)]
struct Watched {
    dropped: Option<mpsc::Sender<Seen>>,
}

impl Drop for Watched {
    fn drop(&mut self) {
        if let Some(dropped) = &self.dropped {
            dropped.send(seen()).unwrap();
        }
    }
}

#[sync_wrapper(isolation = "always")]
async fn look(watched: Watched) -> (Seen, Seen) {
    let first = seen();
    yield_now().await;
    tokio::time::sleep(Duration::from_millis(1)).await;
    let second = seen();
    drop(watched);
    (first, second)
}

#[test]
fn it_holds_in_isolated_calls() {
    let _watch = watch(&test_name());
    let (dropped, drops) = mpsc::channel();
    with_all(|here| {
        let watched = Watched {
            dropped: Some(dropped),
        };
        let (first, second) = look_sync(watched);
        assert_eq!((&first, &second), (&here, &here));
        assert_eq!(drops.recv().unwrap(), here);
    });
    // Not in the next one.
    assert_eq!(look_sync(Watched::default()), (nothing(), nothing()));
}

/// From a Driver: calls of twins, those of other fns, and iterators.
#[tokio::test]
async fn it_holds_in_calls_that_leave_a_driver() {
    let _watch = watch(&test_name());
    let there = thread::current().id();
    let look = || async move {
        assert_ne!(thread::current().id(), there);
        yield_now().await;
        seen()
    };
    with_all(|here| assert_eq!(block_on_with(look), here));
    assert_eq!(block_on_with(look), nothing());
}

/// A future that is built on the isolation thread, by code that looks, and one that is dropped before it completes.
#[test]
fn it_holds_where_a_future_is_built_and_dropped() {
    let _watch = watch(&test_name());
    #[sync_wrapper(isolation = "always")]
    fn build() -> impl Future<Output = Seen> {
        std::future::ready(seen())
    }
    #[sync_wrapper(isolation = "always", timeout = Duration::from_millis(5))]
    async fn wait(watched: Watched) {
        std::future::pending::<()>().await;
        drop(watched);
    }
    let (dropped, drops) = mpsc::channel();
    with_all(|here| {
        assert_eq!(build_sync(), here);
        let watched = Watched {
            dropped: Some(dropped),
        };
        wait_sync(watched).unwrap_err();
        assert_eq!(drops.recv().unwrap(), here);
    });
}

#[test]
fn it_does_not_outlive_a_panic() {
    let _watch = watch(&test_name());
    #[sync_wrapper(isolation = "always")]
    async fn panics() {
        yield_now().await;
        resume_unwind(Box::new(seen()));
    }
    with_all(|here| {
        let panic = catch_unwind(panics_sync).unwrap_err();
        assert_eq!(*panic.downcast::<Seen>().unwrap(), here);
        // Nor is the caller's own harmed.
        assert_eq!(seen(), here);
    });
    // Each thread that is there now.
    for _ in 0..10 {
        assert_eq!(look_sync(Watched::default()), (nothing(), nothing()));
    }
}

/// What it makes of it stays there, from one poll to the next.
#[test]
fn a_task_has_its_own() {
    let _watch = watch(&test_name());
    with_all(|here| {
        let task = spawn(async {
            let first = seen();
            USER.set(8);
            TRAIL.with_borrow_mut(|trail| trail.push(3));
            yield_now().await;
            let second = seen();
            let inner = spawn(async { seen() }).await;
            (first, second, inner)
        });
        let (first, second, inner) = task.join();
        assert_eq!(first, here);
        let changed = Seen {
            user: 8,
            trail: vec![1, 2, 3],
            ..here
        };
        assert_eq!((&second, &inner), (&changed, &changed));
    });
    assert_eq!(spawn(async { seen() }).join(), nothing());
    // A panic in it harms no other task of its worker.
    for _ in 0..20 {
        let failed = with_all(|_| spawn(async { resume_unwind(Box::new(())) }).try_join());
        failed.map(|never: ()| never).unwrap_err();
        assert_eq!(spawn(async { seen() }).join(), nothing());
    }
}

/// Also while it is being dropped.
#[test]
fn a_cancelled_task_has_its_own() {
    let _watch = watch(&test_name());
    let (dropped, drops) = mpsc::channel();
    let here = with_all(|here| {
        let watched = Watched {
            dropped: Some(dropped),
        };
        let task = spawn(async move {
            let _watched = watched;
            std::future::pending::<()>().await;
        });
        assert!(task.cancel().is_none());
        here
    });
    assert_eq!(drops.recv().unwrap(), here);
}

/// Taken when the future is first polled.
#[test]
fn it_holds_in_to_thread() {
    let _watch = watch(&test_name());
    let early = to_thread(seen);
    with_all(|here| {
        assert_eq!(block_on(early), here);
        // Code on a thread calls twins.
        let calls = || block_on_with(async || seen());
        assert_eq!(block_on(to_thread(calls)), here);
        let panics = catch_unwind(|| block_on(to_thread(|| resume_unwind(Box::new(seen())))));
        let panic: Box<Seen> = panics
            .map(|never: ()| never)
            .unwrap_err()
            .downcast()
            .unwrap();
        assert_eq!(*panic, here);
    });
    for _ in 0..10 {
        assert_eq!(block_on(to_thread(seen)), nothing());
    }
}

/// While an isolation thread waits, it drives home, and with it tasks that belong to others.
#[test]
fn others_tasks_do_not_see_it() {
    let _watch = watch(&test_name());
    #[sync_wrapper(isolation = "always")]
    async fn begin() -> tokio::task::JoinHandle<usize> {
        tokio::spawn(async {
            let mut polls = 0;
            // Until it has been polled on many isolation threads.
            while polls < 50 {
                tokio::time::sleep(Duration::from_millis(1)).await;
                assert_eq!(seen(), nothing());
                let thread = thread::current();
                polls += usize::from(thread.name() == Some("sync-twin-isolated"));
            }
            polls
        })
    }
    name_all();
    let task = begin_sync();
    with_all(|here| {
        while !task.is_finished() {
            let (first, second) = look_sync(Watched::default());
            assert_eq!((&first, &second), (&here, &here));
        }
    });
    assert_eq!(block_on(task).unwrap(), 50);
}

/// Where a call stays on the caller's thread there is nothing to carry, also after the worker has handed its core over.
#[test]
fn calls_that_stay_see_all() {
    let _watch = watch(&test_name());
    #[sync_wrapper]
    async fn nap() -> (Option<u32>, Option<u32>) {
        let here = || NOT_NAMED.try_with(|n| *n).ok();
        let before = here();
        tokio::time::sleep(Duration::from_millis(30)).await;
        (before, here())
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .build()
        .unwrap();
    let task = runtime.spawn(NOT_NAMED.scope(5, async {
        let slept = nap_sync();
        (slept, NOT_NAMED.get())
    }));
    assert_eq!(block_on(task).unwrap(), ((Some(5), Some(5)), 5));
    assert_eq!(NOT_NAMED.sync_scope(6, nap_sync), (Some(6), Some(6)));
    // And what is not named does not travel.
    let driver = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let slept = driver.block_on(NOT_NAMED.scope(7, async { nap_sync() }));
    assert_eq!(slept, (None, None));
}

/// Borrowed mutably, it cannot be looked at.
#[test]
fn what_is_borrowed_is_left_behind() {
    let _watch = watch(&test_name());
    with_all(|here| {
        let (first, _) = TRAIL.with_borrow_mut(|_| look_sync(Watched::default()));
        let expected = Seen {
            trail: Vec::new(),
            ..here
        };
        assert_eq!(first, expected);
    });
}

/// Of the user's own kind.
struct Counted(AtomicUsize);

impl Carry for Counted {
    type Value = usize;

    fn get(&'static self) -> usize {
        self.0.fetch_add(1, SeqCst)
    }

    fn scope(&'static self, _: &mut usize, code: &mut dyn FnMut()) {
        code();
        // A second time is no harm.
        code();
    }
}

/// In a call that leaves its thread.
#[test]
fn what_is_named_twice_is_carried_once() {
    let _watch = watch(&test_name());
    static COUNTED: Counted = Counted(AtomicUsize::new(0));
    let gets = || COUNTED.0.load(SeqCst);
    carry(&COUNTED);
    carry(&COUNTED);
    // Other tests make calls, too: so look for one during which there are no others.
    let fewest = (0..100).map(|_| {
        let before = gets();
        look_sync(Watched::default());
        gets() - before
    });
    assert_eq!(fewest.min(), Some(1));
}

/// A call at thread exit carries nothing: what it looks at may be gone.
#[test]
fn at_thread_exit() {
    struct Last(mpsc::Sender<(Seen, Seen)>);
    impl Drop for Last {
        fn drop(&mut self) {
            self.0.send(look_sync(Watched::default())).unwrap();
        }
    }
    thread_local! { static LAST: RefCell<Option<Last>> = const { RefCell::new(None) }; }
    let _watch = watch(&test_name());
    name_all();
    let (last, told) = mpsc::channel();
    let thread = thread::spawn(|| {
        LAST.set(Some(Last(last)));
        USER.set(7);
        TRAIL.set(vec![7]);
        look_sync(Watched::default())
    });
    assert_eq!(thread.join().unwrap().0.user, 7);
    assert_eq!(told.recv().unwrap(), (nothing(), nothing()));
}

/// The panic is the caller's, and no thread is lost that would have run the call.
#[test]
fn a_value_that_panics_when_it_is_cloned() {
    #[derive(Default)]
    struct Panics(bool);
    impl Clone for Panics {
        fn clone(&self) -> Self {
            if self.0 {
                resume_unwind(Box::new("no clone"));
            }
            Panics(false)
        }
    }
    thread_local! { static PANICS: RefCell<Panics> = RefCell::default(); }
    let _watch = watch(&test_name());
    carry(&PANICS);
    PANICS.set(Panics(true));
    for _ in 0..3 {
        let panic = catch_unwind(|| look_sync(Watched::default())).unwrap_err();
        assert_eq!(panic.downcast_ref(), Some(&"no clone"));
    }
    PANICS.take();
    look_sync(Watched::default());
    // Those that other tests use come back.
    let has_all_back = || {
        let metrics = metrics();
        metrics.isolation_threads() == metrics.idle_isolation_threads()
    };
    while !has_all_back() {
        thread::sleep(Duration::from_millis(1));
    }
}
