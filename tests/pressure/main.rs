//! Many calls at once, and many calls by threads that come and go.

use std::cell::Cell;
use std::marker::PhantomData;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;
use std::thread;
use std::time::Duration;
use sync_twin::sync_wrapper;
use sync_twin_tests::harness::deadline::within_deadline;
use sync_twin_tests::harness::runtimes::{current_thread, multi_thread};
use sync_twin_tests::harness::work::work;
use tokio::sync::Barrier;
use tokio::task::{JoinSet, yield_now};
use tokio::time::sleep;

const CALLERS: usize = 200;

/// With this argument a call cannot cross to another thread.
struct NotSend<T>(T, PhantomData<Rc<()>>);

fn not_send<T>(value: T) -> NotSend<T> {
    NotSend(value, PhantomData)
}

/// All callers are in their inner calls at the same moment, or nobody gets on.
#[sync_wrapper]
async fn meet(all: &Barrier) {
    yield_now().await;
    meet_inside_sync(all);
    yield_now().await;
}

#[sync_wrapper]
async fn meet_inside(all: &Barrier) {
    sleep(Duration::from_millis(1)).await;
    all.wait().await;
    yield_now().await;
}

#[sync_wrapper]
async fn meet_in_place(all: NotSend<&Barrier>) {
    yield_now().await;
    meet_inside_in_place_sync(all);
    yield_now().await;
}

#[sync_wrapper]
async fn meet_inside_in_place(all: NotSend<&Barrier>) {
    sleep(Duration::from_millis(1)).await;
    all.0.wait().await;
    yield_now().await;
}

fn on_threads(call: impl Fn() + Send + Sync) {
    thread::scope(|scope| {
        for _ in 0..CALLERS {
            scope.spawn(&call);
        }
    });
}

#[test]
fn nested_callers_on_plain_threads() {
    within_deadline("200 plain threads", || {
        let all = Arc::new(Barrier::new(CALLERS));
        on_threads(|| meet_sync(&all));
        on_threads(|| meet_in_place_sync(not_send(&all)));
    });
}

#[test]
fn nested_callers_on_the_workers_of_one_runtime() {
    within_deadline("200 tasks", || {
        let all = Arc::new(Barrier::new(CALLERS));
        multi_thread().block_on(async {
            let mut tasks = JoinSet::new();
            for n in 0..CALLERS {
                let all = Arc::clone(&all);
                tasks.spawn(async move {
                    if n % 2 == 0 {
                        meet_sync(&all);
                    } else {
                        meet_in_place_sync(not_send(&all));
                    }
                });
            }
            tasks.join_all().await;
        });
    });
}

#[test]
fn nested_callers_on_drivers() {
    within_deadline("200 current-thread runtimes", || {
        let all = Arc::new(Barrier::new(CALLERS));
        on_threads(|| current_thread().block_on(async { meet_sync(&all) }));
        on_threads(|| {
            current_thread().block_on(async { meet_in_place_sync(not_send(&all)) });
        });
    });
}

#[test]
fn nested_callers_everywhere() {
    within_deadline("200 callers here and there", || {
        let all = Arc::new(Barrier::new(CALLERS));
        let shared = multi_thread();
        let next = AtomicUsize::new(0);
        on_threads(|| match next.fetch_add(1, Relaxed) % 5 {
            0 => meet_sync(&all),
            1 => current_thread().block_on(async { meet_sync(&all) }),
            2 => shared.block_on(async { meet_sync(&all) }),
            3 => {
                let all = Arc::clone(&all);
                let task = shared.spawn(async move { meet_sync(&all) });
                shared.block_on(task).unwrap();
            }
            _ => current_thread().block_on(async { meet_in_place_sync(not_send(&all)) }),
        });
    });
}

/// All of the work, by as many callers as there are.
#[test]
fn two_hundred_callers_do_all_the_work() {
    #[sync_wrapper]
    async fn twice(n: u32) -> u32 {
        let n = work(n).await;
        once_sync(n)
    }
    #[sync_wrapper]
    async fn once(n: u32) -> u32 {
        work(n).await
    }
    #[sync_wrapper]
    async fn once_in_place(n: Rc<Cell<u32>>) -> u32 {
        work(n.get()).await
    }
    within_deadline("200 callers at work", || {
        on_threads(|| {
            assert_eq!(twice_sync(1), 3);
            current_thread().block_on(async {
                assert_eq!(twice_sync(1), 3);
                assert_eq!(once_in_place_sync(Rc::new(Cell::new(1))), 2);
            });
        });
    });
}
