//! `flavor = "per_thread"` on threads that drive a current-thread runtime: an isolation thread makes the call, and it lives in the
//! runtime of the thread that waits.

use crate::child::alone;
use crate::per_thread::{
    MOMENT, ask_sync, at_once, connect_sync, here, here_sync, more_threads_than_runtimes,
};
use std::collections::HashSet;
use std::panic::{catch_unwind, resume_unwind};
use std::thread;
use sync_twin::{Context, Strategy, metrics, sync_wrapper};
use sync_twin_tests::harness::deadline::within_deadline;
use sync_twin_tests::harness::places::{PLACES, Place};
use sync_twin_tests::harness::runtimes::{current_thread, workers};
use tokio::runtime::{Handle, Id};
use tokio::sync::oneshot;
use tokio::time::sleep;

/// Where it lives, where a call inside it does, and on which thread it is.
#[sync_wrapper(flavor = "per_thread")]
async fn nested() -> (Id, Id, thread::ThreadId) {
    sleep(MOMENT).await;
    let id = Handle::current().id();
    (id, here_sync(), thread::current().id())
}

#[sync_wrapper(flavor = "per_thread")]
async fn fails() -> Id {
    sleep(MOMENT).await;
    resume_unwind(Box::new(()))
}

#[sync_wrapper(flavor = "per_thread", isolation = "always")]
async fn here_isolated() -> Id {
    here().await
}

#[sync_wrapper(flavor = "current_thread")]
async fn home() -> Id {
    here().await
}

#[sync_wrapper(flavor = "current_thread", isolation = "always")]
async fn home_isolated() -> Id {
    here().await
}

fn on_driver<T>(code: impl FnOnce() -> T) -> T {
    current_thread().block_on(async { code() })
}

#[test]
fn each_driver_has_its_own() {
    within_deadline("each driver", || {
        let ids = at_once(8, || {
            let own = here_sync();
            on_driver(|| {
                let (id, inner, isolated) = nested_sync();
                assert_ne!(isolated, thread::current().id());
                assert_eq!((id, inner, here_sync()), (own, own, own));
            });
            // It is the thread's, whatever runtime the thread drives.
            assert_eq!(on_driver(here_sync), own);
            assert_eq!(here_isolated_sync(), own);
            own
        });
        assert_eq!(ids.iter().collect::<HashSet<_>>().len(), 8);
    });
}

/// One isolation thread serves this caller and then that one.
#[test]
fn an_isolation_thread_keeps_nobodys() {
    alone("per_driver::an_isolation_thread_keeps_nobodys", || {
        let call = || on_driver(|| (here_sync(), nested_sync().2));
        let (first, isolated) = call();
        on_driver(|| catch_unwind(fails_sync)).unwrap_err();
        let (home, of_all) = (home_sync(), on_driver(home_isolated_sync));
        assert_eq!(home, of_all);
        assert_ne!(home, first);
        let (second, same) = thread::spawn(call).join().unwrap();
        assert_ne!(second, first);
        assert_eq!(isolated, same);
        assert_eq!(on_driver(home_isolated_sync), home);
        assert_eq!(call().0, first);
        let calls = metrics().calls(Context::Driver, Strategy::Isolated);
        assert_eq!(calls, 9);
    });
}

/// The isolation thread has one of its own to drive, also where the thread never calls but as a driver.
#[test]
fn a_connection_of_a_driver() {
    within_deadline("a connection", || {
        on_driver(|| {
            let mut socket = connect_sync();
            for n in 0..20 {
                assert_eq!(ask_sync(&mut socket, n), 2 * n);
            }
        });
    });
}

/// A task that an isolated call has left goes on while its thread is busy with something else.
#[test]
fn what_an_isolated_call_leaves_goes_on() {
    #[sync_wrapper(flavor = "per_thread")]
    async fn leave() -> oneshot::Receiver<Id> {
        let (sender, receiver) = oneshot::channel();
        tokio::spawn(async move {
            sleep(20 * MOMENT).await;
            sender.send(Handle::current().id()).unwrap();
        });
        receiver
    }
    within_deadline("what it leaves", || {
        let (id, left) = on_driver(|| (here_sync(), leave_sync()));
        assert_eq!(left.blocking_recv().unwrap(), id);
    });
}

/// The tasks of a multi-thread runtime move from worker to worker, and so would their clients.
#[test]
fn a_worker_has_none() {
    within_deadline("a worker", || {
        let home = home_sync();
        let workers = workers(1);
        let task = workers.spawn(async { here_isolated_sync() });
        assert_eq!(workers.block_on(task).unwrap(), home);
        let root = workers.block_on(async { here_isolated_sync() });
        assert_eq!(root, home);
    });
}

/// While a task of the driver's own runtime makes a call, nobody can drive that: an isolated call of that task is the crew's.
#[test]
fn a_task_that_makes_an_isolated_call() {
    #[sync_wrapper(flavor = "per_thread")]
    async fn spawns_a_caller() -> (Id, Id) {
        let task = tokio::spawn(async { here_isolated_sync() });
        (Handle::current().id(), task.await.unwrap())
    }
    within_deadline("a task that calls", || {
        let (own, inner) = spawns_a_caller_sync();
        assert_ne!(own, inner);
        let (own, inner) = on_driver(spawns_a_caller_sync);
        assert_ne!(own, inner);
    });
}

#[test]
fn more_drivers_at_once_than_there_may_be_runtimes() {
    alone(
        "per_driver::more_drivers_at_once_than_there_may_be_runtimes",
        || more_threads_than_runtimes(170, || on_driver(here_sync)),
    );
}

/// In each place of a thread, one connection works.
#[test]
fn a_connection_of_all_places() {
    within_deadline("all places", || {
        let mut socket = on_driver(connect_sync);
        for place in PLACES {
            let (doubled, back) = place.run(move || {
                let doubled = ask_sync(&mut socket, 21);
                (doubled, socket)
            });
            assert_eq!(doubled, 42, "{place:?}");
            socket = back;
        }
        assert_eq!(Place::DriverTask.run(move || ask_sync(&mut socket, 4)), 8);
    });
}
