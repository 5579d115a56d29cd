//! More calls at once than any pool has threads. Each crowd has a process of its own, so that the next one finds none
//! of its threads.

use crate::child::alone;
use crate::echo::{WAYS, double_isolated_sync, double_multi_thread_sync, double_sync};
use crate::threads;
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;
use sync_twin::{Task, block_on, sync_wrapper, to_thread};
use sync_twin_tests::harness::deadline::within_deadline;
use sync_twin_tests::harness::places::PLACES;
use sync_twin_tests::harness::runtimes::workers;
use tokio::net::lookup_host;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;
use tokio::task::{JoinSet, spawn_blocking};
use tokio::time::sleep;

/// Long enough for a crowd to gather: all threads of a pool are taken before the first call ends.
const GATHERING: Duration = Duration::from_millis(300);

#[sync_wrapper]
async fn nap() {
    sleep(GATHERING).await;
}

/// What `#[tokio::main]` makes, with two workers on every machine.
fn default_runtime() -> Runtime {
    workers(2)
}

fn in_tasks(runtime: &Runtime, callers: usize, call: fn()) {
    runtime.block_on(async {
        let mut set = JoinSet::new();
        for _ in 0..callers {
            set.spawn(async move { call() });
        }
        set.join_all().await;
    });
}

fn on_blocking_threads(runtime: &Runtime, callers: usize, call: fn()) {
    runtime.block_on(async {
        let mut set = JoinSet::new();
        for _ in 0..callers {
            set.spawn_blocking(call);
        }
        set.join_all().await;
    });
}

/// The recipe hangs from the 514th on: 512 blocking threads and two workers wait, and none is left to drive.
#[test]
fn six_hundred_in_tasks() {
    alone("crowds::six_hundred_in_tasks", || {
        in_tasks(&default_runtime(), 600, nap_sync);
    });
}

/// As 600 do.
#[test]
fn two_thousand_in_tasks() {
    alone("crowds::two_thousand_in_tasks", || {
        in_tasks(&default_runtime(), 2000, nap_sync);
    });
}

/// The recipe hangs: six threads in all.
#[test]
fn twenty_in_tasks_with_four_blocking_threads() {
    within_deadline("twenty tasks, four blocking threads", || {
        let runtime = Builder::new_multi_thread()
            .worker_threads(2)
            .max_blocking_threads(4)
            .enable_all()
            .build()
            .unwrap();
        in_tasks(&runtime, 20, || {
            nap_sync();
            assert_eq!(double_sync(21), 42);
        });
    });
}

#[sync_wrapper]
async fn wait_for(event: oneshot::Receiver<u32>) -> u32 {
    event.await.unwrap()
}

/// The runtime has no thread for the worker's other tasks, for one of which the call waits. The recipe hangs.
#[test]
fn a_task_that_waits_for_another_beside_a_full_blocking_pool() {
    type Wait = fn(oneshot::Receiver<u32>) -> u32;
    let calls: [(&str, Wait); 4] = [
        ("auto", wait_for_sync),
        ("isolated", wait_for_isolated_sync),
        ("current_thread", wait_for_at_home_sync),
        ("nested", wait_for_below_sync),
    ];
    for (name, call) in calls {
        within_deadline(name, move || {
            let runtime = Builder::new_multi_thread()
                .worker_threads(1)
                .max_blocking_threads(1)
                .build()
                .unwrap();
            let (free, until_free) = channel::<()>();
            runtime.spawn_blocking(move || until_free.recv());
            // Again, on whatever thread the worker has come to.
            for _ in 0..3 {
                let task = async move {
                    let (sender, event) = oneshot::channel();
                    tokio::spawn(async { sender.send(42).unwrap() });
                    call(event)
                };
                assert_eq!(runtime.block_on(runtime.spawn(task)).unwrap(), 42);
            }
            drop(free);
        });
    }
}

#[sync_wrapper(flavor = "current_thread")]
async fn wait_for_at_home(event: oneshot::Receiver<u32>) -> u32 {
    event.await.unwrap()
}

#[sync_wrapper]
async fn wait_for_below(event: oneshot::Receiver<u32>) -> u32 {
    wait_for_sync(event)
}

#[sync_wrapper(isolation = "always")]
async fn wait_for_isolated(event: oneshot::Receiver<u32>) -> u32 {
    event.await.unwrap()
}

/// More callers than the pool has threads, and what they wait for is a task. The recipe hangs.
#[test]
fn tasks_that_wait_for_another_with_one_blocking_thread() {
    within_deadline("one blocking thread", || {
        let runtime = Builder::new_multi_thread()
            .worker_threads(2)
            .max_blocking_threads(1)
            .build()
            .unwrap();
        runtime.block_on(async {
            let (senders, events): (Vec<_>, Vec<_>) = (0..20).map(|_| oneshot::channel()).unzip();
            let mut set = JoinSet::new();
            for event in events {
                set.spawn(async { wait_for_sync(event) });
            }
            sleep_without_timer().await;
            tokio::spawn(async {
                for sender in senders {
                    sender.send(42).unwrap();
                }
            });
            assert_eq!(set.join_all().await, [42; 20]);
        });
    });
}

/// Until all have been polled, whatever the runtime can do.
async fn sleep_without_timer() {
    let (sender, over) = oneshot::channel();
    thread::spawn(|| {
        thread::sleep(GATHERING);
        sender.send(()).unwrap();
    });
    over.await.unwrap();
}

#[sync_wrapper]
async fn nap_and_use_a_blocking_thread() {
    sleep(GATHERING).await;
    assert_eq!(spawn_blocking(|| 42).await.unwrap(), 42);
}

/// `Handle::block_on` hangs: the futures wait for the very threads that their callers hold.
#[test]
fn six_hundred_on_blocking_threads_whose_futures_use_blocking_threads() {
    alone(
        "crowds::six_hundred_on_blocking_threads_whose_futures_use_blocking_threads",
        || {
            on_blocking_threads(&default_runtime(), 600, nap_and_use_a_blocking_thread_sync);
        },
    );
}

#[sync_wrapper]
async fn nap_and_look_up() {
    sleep(GATHERING).await;
    let mut addresses = lookup_host("localhost:80").await.unwrap();
    assert!(addresses.next().is_some());
}

/// `Handle::block_on` hangs: looking up a host name takes a blocking thread.
#[test]
fn six_hundred_on_blocking_threads_whose_futures_look_up_host_names() {
    alone(
        "crowds::six_hundred_on_blocking_threads_whose_futures_look_up_host_names",
        || on_blocking_threads(&default_runtime(), 600, nap_and_look_up_sync),
    );
}

fn spawned(callers: usize) {
    let tasks: Vec<Task<()>> = (0..callers)
        .map(|_| sync_twin::spawn(async { nap_sync() }))
        .collect();
    for task in tasks {
        task.join();
    }
}

/// `tokio::spawn` and the recipe hang, as in [`six_hundred_in_tasks`].
#[test]
fn six_hundred_spawned_tasks() {
    alone("crowds::six_hundred_spawned_tasks", || spawned(600));
}

/// As 600 do.
#[test]
fn two_thousand_spawned_tasks() {
    alone("crowds::two_thousand_spawned_tasks", || spawned(2000));
}

/// `spawn_blocking`, and in it `Handle::block_on` of a task with the recipe, hangs: the closures take all the threads
/// that the tasks' workers need.
#[test]
fn six_hundred_threads_that_join_tasks_that_call() {
    alone(
        "crowds::six_hundred_threads_that_join_tasks_that_call",
        || {
            let join = || sync_twin::spawn(async { nap_sync() }).join();
            block_on(async {
                let mut set = JoinSet::new();
                for _ in 0..600 {
                    set.spawn(to_thread(join));
                }
                set.join_all().await;
            });
        },
    );
}

/// Tasks of `spawn` may not block without a call, but some will. In a runtime of the user's, `tokio::spawn` of as many
/// tasks as workers stops everything.
#[test]
fn tasks_of_spawn_that_block_plainly_hold_up_nobody_else() {
    alone(
        "crowds::tasks_of_spawn_that_block_plainly_hold_up_nobody_else",
        || {
            let (release, released) = channel::<()>();
            let released = Arc::new(Mutex::new(released));
            let blocked: Vec<Task<()>> = (0..24)
                .map(|_| {
                    let released = Arc::clone(&released);
                    sync_twin::spawn(async move {
                        // Ends when the other end is dropped.
                        released.lock().unwrap().recv().unwrap_err();
                    })
                })
                .collect();
            for place in PLACES {
                // A task that is to be joined waits for its turn, of course.
                for (way, call) in WAYS.iter().filter(|(way, _)| *way != "joined") {
                    let call = *call;
                    within_deadline(&format!("{place:?}, {way}"), move || {
                        assert_eq!(place.run(move || call(21)), 42);
                    });
                }
            }
            drop(release);
            for task in blocked {
                task.join();
            }
        },
    );
}

/// A pool of a few thousand threads in each part of sync-twin.
#[cfg(target_os = "linux")]
const MOST_THREADS: usize = 12_000;

/// The most threads that the process has while `code` runs.
#[cfg(target_os = "linux")]
fn most_threads(code: impl FnOnce()) -> usize {
    let (stop, stopped) = channel::<()>();
    let counting = thread::spawn(move || {
        let mut most = 0;
        let pause = Duration::from_millis(20);
        while stopped.recv_timeout(pause) == Err(std::sync::mpsc::RecvTimeoutError::Timeout) {
            most = most.max(threads::count());
        }
        most
    });
    code();
    drop(stop);
    counting.join().unwrap()
}

/// As tokio's own pool does, it lets them wait for a thread.
#[cfg(target_os = "linux")]
#[test]
fn a_flood_of_blocking_closures_is_bounded() {
    alone("crowds::a_flood_of_blocking_closures_is_bounded", || {
        #[sync_wrapper(flavor = "multi_thread")]
        async fn flood() {
            let mut set = JoinSet::new();
            for _ in 0..20_000 {
                set.spawn_blocking(|| thread::sleep(Duration::from_millis(20)));
            }
            set.join_all().await;
        }
        let most = most_threads(flood_sync);
        assert!(most < MOST_THREADS, "{most} threads");
        assert_eq!(double_multi_thread_sync(21), 42);
    });
}

/// As with blocking closures. An isolation thread for each would be 20,000.
#[cfg(target_os = "linux")]
#[test]
fn a_flood_of_isolated_calls_is_bounded() {
    #[sync_wrapper(isolation = "always")]
    async fn isolated_nap() {
        sleep(Duration::from_millis(20)).await;
    }
    alone("crowds::a_flood_of_isolated_calls_is_bounded", || {
        let most = most_threads(|| {
            let calls: Vec<Task<()>> = (0..20_000)
                .map(|_| sync_twin::spawn(async { isolated_nap_sync() }))
                .collect();
            for call in calls {
                call.join();
            }
        });
        assert!(most < MOST_THREADS, "{most} threads");
        assert_eq!(double_isolated_sync(21), 42);
    });
}
