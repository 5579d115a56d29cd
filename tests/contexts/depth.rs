//! Calls in calls in calls. No pool of threads may run out, and no level may swallow another one's wake-up.

use crate::home::within_deadline;
use crate::table::{ALL, Row};
use crate::ways::{Way, in_each_way};
use crate::{
    current_thread as in_current_thread, dropping, executors, guards, local,
    multi_thread as in_multi_thread, nested, plain,
};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;
use std::sync::atomic::{AtomicBool, AtomicU32};
use std::thread;
use sync_twin::{block_on, sync_wrapper};
use sync_twin_tests::harness::call::Call;
use sync_twin_tests::harness::runtimes::{current_thread, multi_thread, one_worker};
use sync_twin_tests::harness::work::work;
use tokio::task::yield_now;

/// Blocks in as many different ways as there are, one after the other.
const ALTERNATING: [fn(Call); 16] = [
    plain::thread,
    in_multi_thread::root,
    in_current_thread::root,
    in_multi_thread::task_of_one_worker,
    local::task_of_a_set_at_a_current_thread_root,
    in_multi_thread::blocking_thread,
    nested::isolated_call,
    in_current_thread::blocking_thread,
    executors::futures_block_on,
    in_current_thread::second_block_on,
    local::task_of_a_set_in_block_in_place,
    nested::task_of_an_isolated_call,
    guards::driver_under_a_multi_thread,
    dropping::unwinding_on_a_driver,
    guards::worker_under_a_current_thread,
    plain::rayon_worker,
];

/// Runs `code` in the context `place`, and returns what it returned last.
///
/// On a new thread: most contexts are made with tokio's own `block_on`, which panics in most others.
fn placed(place: fn(Call), code: impl Fn() -> u32 + Send + Sync + 'static) -> u32 {
    let result = Arc::new(AtomicU32::new(0));
    let call = Call::new({
        let result = Arc::clone(&result);
        move || result.store(code(), SeqCst)
    });
    let placed = call.clone();
    thread::spawn(move || place(placed)).join().unwrap();
    call.check();
    result.load(SeqCst)
}

fn next_place(levels: u32) -> fn(Call) {
    ALTERNATING[levels as usize % ALTERNATING.len()]
}

#[sync_wrapper]
async fn descend(levels: u32) -> u32 {
    yield_now().await;
    let n = match levels {
        0 => work(0).await,
        _ => placed(next_place(levels), move || descend_sync(levels - 1)),
    };
    yield_now().await;
    n + 1
}

#[sync_wrapper]
async fn descend_in_place(levels: Rc<u32>) -> u32 {
    yield_now().await;
    let levels = *levels;
    let n = match levels {
        0 => work(0).await,
        _ => placed(next_place(levels), move || {
            descend_in_place_sync(Rc::new(levels - 1))
        }),
    };
    yield_now().await;
    n + 1
}

#[sync_wrapper(isolation = "always")]
async fn descend_isolated(levels: u32) -> u32 {
    yield_now().await;
    let n = match levels {
        0 => work(0).await,
        _ => placed(next_place(levels), move || {
            descend_isolated_sync(levels - 1)
        }),
    };
    yield_now().await;
    n + 1
}

#[test]
fn sixty_four_through_alternating_contexts() {
    assert_eq!(
        within_deadline("64 deep", || descend_sync(63)),
        64 + work_of_zero()
    );
}

#[test]
fn sixty_four_in_place_through_alternating_contexts() {
    assert_eq!(
        within_deadline("64 deep", || descend_in_place_sync(Rc::new(63))),
        64 + work_of_zero()
    );
}

#[test]
fn sixty_four_isolated_through_alternating_contexts() {
    assert_eq!(
        within_deadline("64 deep", || descend_isolated_sync(63)),
        64 + work_of_zero()
    );
}

fn work_of_zero() -> u32 {
    1
}

/// Every context of the table, each inside the one before it.
#[test]
fn through_the_whole_table() {
    #[sync_wrapper]
    async fn below(rows: &[Row]) -> u32 {
        yield_now().await;
        let Some((row, rows)) = rows.split_first() else {
            return work(0).await;
        };
        // Some contexts run the call several times, which would be thousands of times further down.
        let first = AtomicBool::new(true);
        let rows = rows.to_vec();
        let n = placed(row.run, move || {
            if first.swap(false, SeqCst) {
                below_sync(&rows)
            } else {
                block_on(yield_now());
                0
            }
        });
        yield_now().await;
        n
    }
    // A task on sync-twin's own runtime that blocks blocks whoever is driving that, and the levels below need it.
    let blocks_home = |row: &Row| row.to_string() == "nested::task_of_a_twin";
    let rows: Vec<Row> = ALL
        .iter()
        .copied()
        .filter(|row| !blocks_home(row))
        .collect();
    within_deadline("the whole table", move || below_sync(&rows));
}

/// One inside the other on the same stack, which has room for that also in a debug build.
fn sixty_four_on_one_thread(place: fn(Call)) {
    fn descend(way: Way, levels: u32) -> u32 {
        way.call(async || {
            yield_now().await;
            let n = match levels {
                0 => 0,
                _ => descend(way, levels - 1),
            };
            yield_now().await;
            n + 1
        })
    }
    in_each_way(place, |way| assert_eq!(descend(way, 63), 64));
}

#[test]
fn sixty_four_on_a_plain_thread() {
    sixty_four_on_one_thread(plain::thread);
}

#[test]
fn sixty_four_at_a_multi_thread_root() {
    sixty_four_on_one_thread(in_multi_thread::root);
}

#[test]
fn sixty_four_on_a_worker() {
    sixty_four_on_one_thread(in_multi_thread::task_of_one_worker);
}

#[test]
fn sixty_four_on_a_driver() {
    sixty_four_on_one_thread(in_current_thread::root);
}

#[test]
fn sixty_four_in_a_second_block_on() {
    sixty_four_on_one_thread(in_current_thread::second_block_on);
}

type Nested = Pin<Box<dyn Future<Output = u32> + Send>>;

fn in_tasks(levels: u32) -> Nested {
    #[sync_wrapper]
    async fn level(levels: u32) -> u32 {
        in_tasks(levels).await
    }
    Box::pin(async move {
        if levels == 0 {
            return work(0).await;
        }
        let n = tokio::spawn(async move { level_sync(levels - 1) });
        n.await.unwrap() + 1
    })
}

fn in_tasks_in_place(levels: u32) -> Nested {
    Box::pin(async move {
        if levels == 0 {
            return work(0).await;
        }
        let n = tokio::spawn(async move { block_on(in_tasks_in_place(levels - 1)) });
        n.await.unwrap() + 1
    })
}

fn hundred_in_tasks(name: &str, start: fn(Nested) -> u32) {
    for (kind, nested) in [
        ("isolating", in_tasks as fn(u32) -> Nested),
        ("in place", in_tasks_in_place),
    ] {
        let name = format!("{name}, {kind}");
        let n = within_deadline(&name, move || start(nested(100)));
        assert_eq!(n, 100 + work_of_zero());
    }
}

#[test]
fn hundred_through_tasks_from_a_plain_thread() {
    hundred_in_tasks("plain thread", |nested| block_on(nested));
}

#[test]
fn hundred_through_tasks_of_a_multi_thread_runtime() {
    hundred_in_tasks("multi-thread", |nested| multi_thread().block_on(nested));
}

#[test]
fn hundred_through_tasks_of_one_worker() {
    hundred_in_tasks("one worker", |nested| one_worker().block_on(nested));
}

#[test]
fn hundred_through_tasks_of_a_current_thread_runtime() {
    hundred_in_tasks("current-thread", |nested| current_thread().block_on(nested));
}
