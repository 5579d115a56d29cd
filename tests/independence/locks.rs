//! Tasks that hold a lock across a call, and tasks that want the lock meanwhile: they block the workers on which the
//! call would depend if it lived in its caller's runtime.

use crate::echo::{WAYS, double_sync};
use rusqlite::functions::FunctionFlags;
use rusqlite::{Connection, TransactionBehavior};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc::channel;
use std::sync::{Arc, LazyLock, Mutex, OnceLock, RwLock};
use std::time::Duration;
use sync_twin_tests::harness::deadline::within_deadline;
use sync_twin_tests::harness::runtimes::workers;
use tokio::task::{JoinSet, spawn_blocking};

/// Runs `code` in so many tasks of a runtime with so many workers.
fn in_tasks(workers_: usize, tasks: u32, code: impl Fn(u32) + Send + Sync + 'static) {
    let code = Arc::new(code);
    workers(workers_).block_on(async {
        let mut set = JoinSet::new();
        for n in 0..tasks {
            let code = Arc::clone(&code);
            set.spawn(async move { code(n) });
        }
        set.join_all().await;
    });
}

/// The recipe hangs, and so does `futures::executor::block_on`: all workers are in `lock()`, so nobody drives the
/// socket that the holder waits for.
#[test]
fn a_mutex_that_more_tasks_than_workers_hold_across_a_call() {
    for (name, call) in WAYS {
        for workers in [1, 2] {
            for tasks in [workers as u32 + 1, 12] {
                let name = format!("{tasks} tasks on {workers} workers, {name}");
                within_deadline(&name, move || {
                    let sum = Arc::new(Mutex::new(0));
                    let locked = Arc::clone(&sum);
                    in_tasks(workers, tasks, move |n| {
                        let mut sum = locked.lock().unwrap();
                        *sum += call(n);
                    });
                    assert_eq!(*sum.lock().unwrap(), tasks * (tasks - 1));
                });
            }
        }
    }
}

/// As with the mutex, if a writer comes before enough readers.
#[test]
fn a_rw_lock_that_a_writer_holds_across_a_call() {
    within_deadline("a std RwLock", || {
        let sum = Arc::new(RwLock::new(0));
        in_tasks(2, 12, move |n| {
            if n % 4 == 0 {
                let mut sum = sum.write().unwrap();
                *sum += double_sync(n);
            } else {
                assert_eq!(*sum.read().unwrap() % 2, 0);
            }
        });
    });
}

/// The recipe hangs: the tasks that find the value being made block their workers until it is there.
#[test]
fn a_lazy_lock_that_is_filled_by_a_call() {
    static VALUE: LazyLock<u32> = LazyLock::new(|| double_sync(21));
    within_deadline("a LazyLock", || {
        in_tasks(2, 12, |_| assert_eq!(*VALUE, 42));
    });
}

/// As with the `LazyLock`.
#[test]
fn a_once_lock_that_is_filled_by_a_call() {
    within_deadline("a OnceLock", || {
        let value = OnceLock::new();
        in_tasks(2, 12, move |_| {
            assert_eq!(*value.get_or_init(|| double_sync(21)), 42);
        });
    });
}

/// `Handle::block_on` hangs there: the thread of `spawn_blocking` needs the workers, which wait for its lock.
#[test]
fn a_mutex_held_on_a_blocking_thread_while_tasks_lock_it_briefly() {
    for (name, call) in WAYS {
        within_deadline(name, move || {
            let lock = Arc::new(Mutex::new(0));
            workers(2).block_on(async {
                let (held, is_held) = channel();
                let holder = Arc::clone(&lock);
                let holder = spawn_blocking(move || {
                    let mut value = holder.lock().unwrap();
                    held.send(()).unwrap();
                    // Until all workers want the lock.
                    std::thread::sleep(Duration::from_millis(20));
                    *value = call(21);
                });
                is_held.recv().unwrap();
                let mut set = JoinSet::new();
                for _ in 0..6 {
                    let lock = Arc::clone(&lock);
                    set.spawn(async move { assert_eq!(*lock.lock().unwrap(), 42) });
                }
                holder.await.unwrap();
                set.join_all().await;
            });
        });
    }
}

/// A database whose SQL can ask the server: `double(n)` is a blocking call.
fn open(path: &Path) -> Connection {
    let database = Connection::open(path).unwrap();
    // It blocks the thread, as every other wait within the engine does.
    database.busy_timeout(Duration::from_secs(50)).unwrap();
    database
        .create_scalar_function("double", 1, FunctionFlags::SQLITE_UTF8, |context| {
            Ok(double_sync(context.get(0)?))
        })
        .unwrap();
    database
}

fn new_database(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    if let Err(error) = fs::remove_file(&path) {
        assert_eq!(error.kind(), std::io::ErrorKind::NotFound);
    }
    let database = open(&path);
    database.execute("CREATE TABLE total (n)", ()).unwrap();
    database
        .execute("INSERT INTO total VALUES (0)", ())
        .unwrap();
    path
}

const ADD: &str = "UPDATE total SET n = n + double(?1)";

fn total(path: &Path) -> u32 {
    let total = open(path).query_row("SELECT n FROM total", (), |row| row.get(0));
    total.unwrap()
}

/// The recipe waits until the engine gives up: the tasks that want to write sleep in the engine, on all workers,
/// while the one that may write waits for its socket.
#[test]
fn the_lock_of_a_database_whose_functions_call() {
    within_deadline("SQLite's lock", || {
        let path = new_database("one_connection_each.sqlite");
        let shared = path.clone();
        in_tasks(2, 6, move |n| {
            let mut database = open(&shared);
            let writing = database
                .transaction_with_behavior(TransactionBehavior::Immediate)
                .unwrap();
            writing.execute(ADD, [n]).unwrap();
            writing.commit().unwrap();
        });
        assert_eq!(total(&path), 30);
    });
}

/// The recipe hangs, as with any other mutex; here a C library is in between.
#[test]
fn a_shared_connection_to_a_database_whose_functions_call() {
    within_deadline("a shared connection", || {
        let path = new_database("shared_connection.sqlite");
        let shared = Mutex::new(open(&path));
        in_tasks(2, 6, move |n| {
            let database = shared.lock().unwrap();
            database.execute(ADD, [n]).unwrap();
        });
        assert_eq!(total(&path), 30);
    });
}
