//! What is waited for is held by the caller itself, or by code that waits for the caller.

use crate::call_at;
use crate::told::is_told;
use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use sync_twin::{block_on, sync_wrapper};
use sync_twin_tests::harness::runtimes::{current_thread, multi_thread, one_worker};
use tokio::sync::{Semaphore, oneshot};
use tokio::task::yield_now;

const HOLDS: &str =
    "this task holds something that the call needs, across the call: the guard of a lock";
const RELEASE: &str = "drop the guard or the permit before the call";

#[sync_wrapper]
async fn lock(mutex: Arc<tokio::sync::Mutex<u8>>) -> u8 {
    *mutex.lock().await
}

#[sync_wrapper]
async fn receive(from: oneshot::Receiver<u8>) -> u8 {
    from.await.expect("it is sent")
}

#[test]
fn a_tokio_lock_whose_guard_the_task_has() {
    is_told(
        "siblings::a_tokio_lock_whose_guard_the_task_has",
        &[
            &call_at!("// stalls"),
            "worker of a multi-thread runtime",
            HOLDS,
            RELEASE,
        ],
        || {
            let runtime = multi_thread();
            let task = runtime.spawn(async {
                let mutex = Arc::new(tokio::sync::Mutex::new(1));
                let guard = mutex.lock().await;
                // Here it would have to be `drop(guard)` first.
                lock_sync(Arc::clone(&mutex)); // stalls
                drop(guard);
            });
            runtime.block_on(task).expect("it does not panic");
        },
    );
}

#[test]
fn a_tokio_lock_whose_guard_a_plain_thread_has() {
    is_told(
        "siblings::a_tokio_lock_whose_guard_a_plain_thread_has",
        &[
            &call_at!("// stalls"),
            "outside any runtime",
            "the guard of a lock that it holds",
        ],
        || {
            let mutex = Arc::new(tokio::sync::Mutex::new(1));
            let _guard = mutex.blocking_lock();
            lock_sync(Arc::clone(&mutex)); // stalls
        },
    );
}

/// One task holds a `std` lock across its call; the task that would answer waits for that lock.
#[test]
fn a_std_lock_that_the_answering_task_needs() {
    let call = call_at!("// stalls");
    is_told(
        "siblings::a_std_lock_that_the_answering_task_needs",
        &[&call, "worker of a multi-thread runtime", HOLDS, RELEASE],
        || {
            let runtime = multi_thread();
            let mutex = Arc::new(Mutex::new(1));
            let task = runtime.spawn(async move {
                let (sender, receiver) = oneshot::channel();
                let guard = mutex.lock().expect("it is not poisoned");
                let other = Arc::clone(&mutex);
                tokio::spawn(async move {
                    let value = *other.lock().expect("it is not poisoned");
                    sender.send(value).expect("it waits");
                });
                receive_sync(receiver); // stalls
                drop(guard);
            });
            runtime.block_on(task).expect("it does not panic");
        },
    );
}

/// Three tasks, each of which holds what the one before waits for.
#[test]
fn three_tasks_in_a_circle() {
    is_told(
        "siblings::three_tasks_in_a_circle",
        &[
            &call_at!("// stalls"),
            HOLDS,
            "also blocked",
            "; and 1 more like it",
        ],
        || {
            let runtime = multi_thread();
            let locks: Vec<_> = (0..3)
                .map(|_| Arc::new(tokio::sync::Mutex::new(1)))
                .collect();
            let barrier = Arc::new(tokio::sync::Barrier::new(3));
            for task in 0..3 {
                let own = Arc::clone(&locks[task]);
                let next = Arc::clone(&locks[(task + 1) % 3]);
                let barrier = Arc::clone(&barrier);
                runtime.spawn(async move {
                    let guard = own.lock().await;
                    barrier.wait().await;
                    lock_sync(next); // stalls
                    drop(guard);
                });
            }
            std::thread::park();
        },
    );
}

/// A branch of `join!` has the permit, and gives it back when it is polled next.
#[test]
fn a_permit_that_a_sibling_in_the_same_join_has() {
    let call = call_at!("// stalls");
    is_told(
        "siblings::a_permit_that_a_sibling_in_the_same_join_has",
        &[&call, "another branch of the same `join!`", RELEASE],
        || {
            #[sync_wrapper]
            async fn acquire(semaphore: Arc<Semaphore>) {
                drop(semaphore.acquire().await.expect("it is open"));
            }
            one_worker().block_on(async {
                let semaphore = Arc::new(Semaphore::new(1));
                let has_it = async {
                    let permit = semaphore.acquire().await.expect("it is open");
                    yield_now().await;
                    drop(permit);
                };
                tokio::join!(has_it, async { acquire_sync(Arc::clone(&semaphore)) }); // stalls
            });
        },
    );
}

/// A `Display` that calls a twin is printed, and the async fn prints as well: on another thread, while the caller has the
/// lock of standard error. That is also the lock that a report must not need.
#[test]
fn a_lock_of_standard_error_that_the_caller_holds() {
    is_told(
        "siblings::a_lock_of_standard_error_that_the_caller_holds",
        &[
            &call_at!("// stalls"),
            "waits for the async `name`; the call runs on an isolation thread",
            "that of standard output is taken inside `println!`",
            "write `isolation = \"never\"` on the async fn, as is right for `Display`",
        ],
        || {
            #[sync_wrapper]
            async fn name() -> &'static str {
                eprintln!("asked for a name");
                "remote"
            }
            struct Remote;
            impl fmt::Display for Remote {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    f.write_str(name_sync()) // stalls
                }
            }
            // The lock is held while it is formatted.
            current_thread().block_on(async { eprintln!("{Remote}") });
        },
    );
}

/// The inner call is the one that is told, and the outer one is named.
#[test]
fn a_call_inside_another() {
    let inner = call_at!("// stalls");
    let outer = format!("inside {}", call_at!("// outer"));
    is_told(
        "siblings::a_call_inside_another",
        &[&inner, &outer, "in async code, `.await` the async fn"],
        || {
            #[sync_wrapper]
            async fn outer() {
                let (sender, receiver) = oneshot::channel();
                // The outer call is listed once it has had to wait.
                tokio::time::sleep(Duration::from_millis(1)).await;
                receive_sync(receiver); // stalls
                sender.send(1).expect("it waits");
            }
            block_on(outer()); // outer
        },
    );
}

/// And one inside a call that an isolation thread runs.
#[test]
fn a_call_inside_an_isolated_one() {
    let inner = call_at!("// stalls");
    let outer = call_at!("// outer");
    is_told(
        "siblings::a_call_inside_an_isolated_one",
        &[
            &inner,
            &outer,
            "thread `sync-twin-isolated`",
            "the call runs on an isolation thread",
        ],
        || {
            #[sync_wrapper(isolation = "always")]
            async fn outer() {
                let (sender, receiver) = oneshot::channel();
                tokio::time::sleep(Duration::from_millis(1)).await;
                receive_sync(receiver); // stalls
                sender.send(1).expect("it waits");
            }
            outer_sync(); // outer
        },
    );
}
