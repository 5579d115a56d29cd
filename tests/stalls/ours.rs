//! Tasks of sync-twin's own runtimes that block plainly, joins, and lent runtimes.

use crate::call_at;
use crate::told::is_told;
use std::future::pending;
use std::thread;
use std::time::Duration;
use sync_twin::{batch, block_on, spawn, sync_wrapper};
use sync_twin_tests::harness::runtimes::{current_thread, multi_thread};

/// Longer than any report takes.
const LONG: Duration = Duration::from_secs(100);

#[sync_wrapper]
async fn spawns(blocks: fn()) {
    tokio::spawn(async move { blocks() })
        .await
        .expect("it does not panic");
}

/// A task of home sleeps, and holds up the call of another thread.
#[test]
fn a_task_of_home_that_blocks_plainly() {
    let driver = call_at!("// stalls");
    let other = call_at!("// held up").replace("the blocking call at ", "");
    is_told(
        "ours::a_task_of_home_that_blocks_plainly",
        &[
            "a task that a blocking call has spawned has not returned to its runtime",
            "runs the tasks of blocking calls",
            "the task blocks without `.await`",
            "held up: - ",
            &other,
            &driver,
        ],
        || {
            thread::spawn(|| block_on(pending::<()>())); // held up
            spawns_sync(|| thread::sleep(LONG)); // stalls
        },
    );
}

#[sync_wrapper(flavor = "per_thread")]
async fn spawns_per_thread(blocks: fn()) {
    spawns(blocks).await;
}

/// What `call` makes stalls a runtime of one thread, and is named, while another thread waits in home.
fn own_runtime_is_told(test: &str, called_at: &str, call: fn()) {
    is_told(
        test,
        &[
            "a task that a blocking call has spawned has not returned to its runtime",
            "runs the tasks of blocking calls",
            "in its thread's runtime",
            called_at,
        ],
        || {
            thread::spawn(|| block_on(pending::<()>()));
            call();
        },
    );
}

/// A task in the runtime of one thread holds up that thread alone, and it is the one that is named.
#[test]
fn a_task_of_a_threads_own_runtime_that_blocks_plainly() {
    own_runtime_is_told(
        "ours::a_task_of_a_threads_own_runtime_that_blocks_plainly",
        &call_at!("// stalls its own"),
        || {
            spawns_per_thread_sync(|| thread::sleep(LONG)); // stalls its own
        },
    );
}

/// The same in the runtime of a thread that drives one of its own, for which an isolation thread waits.
#[test]
fn a_task_of_a_drivers_own_runtime_that_blocks_plainly() {
    own_runtime_is_told(
        "ours::a_task_of_a_drivers_own_runtime_that_blocks_plainly",
        &call_at!("// stalls the driver's"),
        || {
            current_thread().block_on(async {
                spawns_per_thread_sync(|| thread::sleep(LONG)); // stalls the driver's
            });
        },
    );
}

/// All workers of the crew sleep.
#[test]
fn tasks_that_hold_the_whole_crew() {
    is_told(
        "ours::tasks_that_hold_the_whole_crew",
        &[
            "none of the workers that serve blocking calls has run a task",
            "each of them runs a task that blocks without `.await`",
            "held up: - ",
        ],
        || {
            multi_thread().block_on(async {
                for _ in 0..thread::available_parallelism().map_or(8, |cores| cores.get().max(8)) {
                    thread::spawn(|| {
                        let runtime = multi_thread();
                        let _beside = runtime.enter();
                        spawns_sync(|| thread::sleep(LONG));
                    });
                }
                block_on(pending::<()>());
            });
        },
    );
}

/// A task of home that is in a call.
#[test]
fn a_task_of_home_that_calls() {
    is_told(
        "ours::a_task_of_home_that_calls",
        &[
            &call_at!("// stalls"),
            "it is made in a task that another blocking call has spawned",
            "start the task by `sync_twin::spawn`",
        ],
        || {
            let inner = || block_on(pending()); // stalls
            spawns_sync(inner);
        },
    );
}

#[test]
fn a_join_of_a_task_that_does_not_end() {
    is_told(
        "ours::a_join_of_a_task_that_does_not_end",
        &[
            &call_at!("// stalls"),
            "the task that it joins has not ended",
            "join_timeout",
        ],
        || {
            let task = spawn(pending::<()>());
            task.join(); // stalls
        },
    );
}

#[test]
fn a_batch_that_does_not_end() {
    is_told(
        "ours::a_batch_that_does_not_end",
        &[&call_at!("// stalls"), "outside any runtime"],
        || {
            batch([pending::<()>(), pending()]).run(); // stalls
        },
    );
}

/// Many calls at one place are told once, and counted.
#[test]
fn many_threads_at_one_place() {
    let said = is_told(
        "ours::many_threads_at_one_place",
        &[
            &call_at!("// stalls"),
            "also blocked: ",
            "; and 28 more like it",
        ],
        || {
            for _ in 0..30 {
                thread::spawn(|| block_on(pending::<()>())); // stalls
            }
            thread::sleep(LONG);
        },
    );
    assert_eq!(said.matches("has waited for").count(), 1, "{said}");
}

#[test]
fn a_handle_whose_runtime_nobody_drives() {
    is_told(
        "ours::a_handle_whose_runtime_nobody_drives",
        &[
            &call_at!("// stalls"),
            "it waits for a current-thread runtime that nobody drives",
            "lend the `Runtime` itself",
        ],
        || {
            let runtime = current_thread();
            let handle = runtime.handle();
            #[sync_wrapper(runtime = handle)]
            async fn there(handle: &tokio::runtime::Handle) {
                tokio::spawn(async {}).await.expect("it does not panic");
                let _ = handle;
            }
            there_sync(handle); // stalls
        },
    );
}

/// The caller that drives home is named: the task runs on its thread.
#[test]
fn a_driver_that_is_named() {
    is_told(
        "ours::a_driver_that_is_named",
        &[
            "has not returned to its runtime",
            &call_at!("// stalls").replace(
                "the blocking call",
                "which runs the tasks of blocking calls while it waits in the one",
            ),
        ],
        || {
            // Home's own thread may have the seat for some time.
            let blocks = || {
                if thread::current().name() != Some("sync-twin-home") {
                    thread::sleep(LONG);
                }
            };
            loop {
                spawns_sync(blocks); // stalls
            }
        },
    );
}
