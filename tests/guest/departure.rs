//! `shutdown`: nothing stays, and later calls start afresh.

use crate::acts::{all_kinds, isolated_sync, plain_sync};
use crate::child::alone;
use crate::tasks;
use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::sync::mpsc::{Sender, channel};
use std::thread;
use std::time::Duration;
use sync_twin::{Leftovers, block_on, shutdown, spawn, sync_wrapper, to_thread};
use sync_twin_tests::harness::places::{PLACES, Place};
use sync_twin_tests::harness::runtimes::current_thread;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::time::sleep;

const SOON: Duration = Duration::from_millis(50);

/// Longer than any test: it is never waited for in vain.
const LONG: Duration = Duration::from_secs(300);

/// Shuts down, with nothing left.
#[track_caller]
fn gone() {
    let leftovers = shutdown(LONG);
    assert!(leftovers.is_empty(), "{leftovers}");
    let ours = tasks::ours();
    assert!(ours.is_empty(), "{ours:#?}");
}

/// How many there are once tokio has been used: with its feature `signal` it keeps a pair of sockets for the process.
fn descriptors_of_tokio() -> usize {
    drop(current_thread());
    tasks::descriptors()
}

#[test]
fn all_threads_and_descriptors_go() {
    alone("departure::all_threads_and_descriptors_go", || {
        let descriptors = descriptors_of_tokio();
        for _ in 0..20 {
            thread::spawn(all_kinds).join().unwrap();
            assert!(tasks::ours().len() > 10);
            gone();
            assert_eq!(tasks::descriptors(), descriptors);
        }
    });
}

/// Before anything has been started, and again.
#[test]
fn twice() {
    alone("departure::twice", || {
        gone();
        sync_twin::start().unwrap();
        gone();
        gone();
        assert_eq!(plain_sync(1), 1);
    });
}

#[test]
fn from_two_threads() {
    alone("departure::from_two_threads", || {
        for _ in 0..20 {
            all_kinds();
            let others: Vec<_> = (0..4).map(|_| thread::spawn(|| shutdown(LONG))).collect();
            for other in others {
                assert_eq!(other.join().unwrap(), Leftovers::default());
            }
            assert!(tasks::ours().is_empty());
        }
    });
}

/// Ready calls, waiting ones, isolated ones: each lives in what was there when it began, or in what came after.
#[test]
fn while_others_call() {
    alone("departure::while_others_call", || {
        let end = Arc::new(AtomicBool::new(false));
        let callers: Vec<_> = PLACES
            .into_iter()
            .map(|place| {
                let end = Arc::clone(&end);
                let calls = Arc::new(AtomicUsize::new(0));
                let counted = Arc::clone(&calls);
                let caller = thread::spawn(move || {
                    place.run(move || {
                        while !end.load(SeqCst) {
                            assert_eq!(block_on(async { 1 }), 1);
                            assert_eq!(plain_sync(2), 2);
                            assert_eq!(isolated_sync(3), 3);
                            counted.fetch_add(1, SeqCst);
                        }
                    });
                });
                (caller, calls)
            })
            .collect();
        while callers.iter().any(|(_, calls)| calls.load(SeqCst) < 20) {
            let leftovers = shutdown(LONG);
            assert_eq!(
                (leftovers.calls(), leftovers.threads()),
                (0, 0),
                "{leftovers}"
            );
        }
        end.store(true, SeqCst);
        for (caller, _) in callers {
            caller.join().unwrap();
        }
        gone();
    });
}

/// Those of calls, of `spawn`, and of what has been dropped: a connection that says goodbye.
#[test]
fn tasks_are_drained() {
    struct SaysGoodbye(Arc<AtomicUsize>);
    impl Drop for SaysGoodbye {
        fn drop(&mut self) {
            let said = Arc::clone(&self.0);
            let goodbye = async move {
                sleep(SOON).await;
                said.fetch_add(1, SeqCst);
            };
            tokio::spawn(goodbye);
        }
    }
    alone("departure::tasks_are_drained", || {
        let done = Arc::new(AtomicUsize::new(0));
        let work = || {
            let done = Arc::clone(&done);
            async move {
                sleep(SOON).await;
                done.fetch_add(1, SeqCst);
            }
        };
        drop(spawn(work()));
        block_on(async { drop(tokio::spawn(work())) });
        Place::Root.run({
            let work = work();
            move || block_on(async { drop(tokio::spawn(work)) })
        });
        let connection = SaysGoodbye(Arc::clone(&done));
        block_on(async move { drop(connection) });
        let connection = SaysGoodbye(Arc::clone(&done));
        drop(spawn(async move {
            let _connection = connection;
            sleep(SOON).await;
        }));
        gone();
        assert_eq!(done.load(SeqCst), 5);
    });
}

/// A pool's connection, say.
#[test]
fn a_task_that_does_not_end_is_cancelled() {
    alone("departure::a_task_that_does_not_end_is_cancelled", || {
        struct Dropped(Arc<AtomicUsize>);
        impl Drop for Dropped {
            fn drop(&mut self) {
                // It starts us again.
                assert_eq!(plain_sync(1), 1);
                self.0.fetch_add(1, SeqCst);
            }
        }
        let drops = Arc::new(AtomicUsize::new(0));
        let endless = || {
            let dropped = Dropped(Arc::clone(&drops));
            async move {
                let _dropped = dropped;
                std::future::pending::<()>().await;
            }
        };
        let task = spawn(endless());
        block_on(async { drop(tokio::spawn(endless())) });
        drop(spawn(endless()));
        let leftovers = shutdown(SOON);
        assert_eq!(
            (leftovers.tasks(), leftovers.calls()),
            (3, 0),
            "{leftovers}"
        );
        assert_eq!(leftovers.threads(), 0, "{leftovers}");
        assert!(!leftovers.is_empty());
        assert_eq!(drops.load(SeqCst), 3);
        assert!(tasks::ours().is_empty(), "{:#?}", tasks::ours());
        assert!(task.try_join().unwrap_err().is_cancelled());
    });
}

#[sync_wrapper]
async fn wait_for(event: oneshot::Receiver<u32>) -> u32 {
    event.await.unwrap()
}

#[sync_wrapper(isolation = "always")]
async fn wait_isolated_for(event: oneshot::Receiver<u32>) -> u32 {
    event.await.unwrap()
}

/// It goes on undisturbed, and when it has returned, it can all go.
#[test]
fn a_call_that_does_not_return_is_left_alone() {
    alone(
        "departure::a_call_that_does_not_return_is_left_alone",
        || {
            for place in PLACES {
                for call in [wait_for_sync, wait_isolated_for_sync] {
                    let (sender, event) = oneshot::channel();
                    let (started, has_started) = channel();
                    let caller = thread::spawn(move || {
                        place.run(move || {
                            started.send(()).unwrap();
                            call(event)
                        })
                    });
                    has_started.recv().unwrap();
                    thread::sleep(Duration::from_millis(5));
                    let leftovers = shutdown(SOON);
                    assert!(leftovers.calls() > 0, "{place:?}: {leftovers}");
                    assert!(leftovers.to_string().contains("calls"), "{leftovers}");
                    // Afresh, beside it.
                    assert_eq!(plain_sync(1), 1);
                    sender.send(42).unwrap();
                    assert_eq!(caller.join().unwrap(), 42);
                    gone();
                }
            }
        },
    );
}

/// It would wait for itself.
#[test]
fn inside_a_call() {
    alone("departure::inside_a_call", || {
        let inside = || {
            let leftovers = shutdown(LONG);
            assert!(leftovers.inside_call(), "{leftovers}");
            assert!(!leftovers.is_empty());
            // Nothing has happened.
            assert_eq!(plain_sync(1), 1);
        };
        #[sync_wrapper]
        async fn in_a_twin(inside: fn()) {
            inside();
            sleep(Duration::from_millis(1)).await;
            inside();
        }
        for place in PLACES {
            place.run(move || {
                in_a_twin_sync(inside);
                block_on(async { inside() });
                block_on(async { tokio::spawn(async move { inside() }).await.unwrap() });
            });
        }
        spawn(async move { inside() }).join();
        block_on(to_thread(inside));
        gone();
    });
}

#[test]
fn a_socket_that_is_held_is_named() {
    alone("departure::a_socket_that_is_held_is_named", || {
        let descriptors = descriptors_of_tokio();
        let listener = block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let leftovers = shutdown(LONG);
        assert_eq!(leftovers.held_runtimes(), 1, "{leftovers}");
        assert!(leftovers.to_string().contains("sockets"), "{leftovers}");
        assert!(tasks::ours().is_empty());
        drop(listener);
        assert_eq!(tasks::descriptors(), descriptors);
        gone();
    });
}

#[test]
fn a_blocking_closure_that_does_not_return_is_named() {
    alone(
        "departure::a_blocking_closure_that_does_not_return_is_named",
        || {
            let (end, is_over) = channel::<()>();
            let (started, has_started) = channel();
            let stuck = spawn(to_thread(move || {
                started.send(()).unwrap();
                is_over.recv().unwrap_err()
            }));
            has_started.recv().unwrap();
            drop(stuck);
            let leftovers = shutdown(SOON);
            assert_eq!(
                (leftovers.tasks(), leftovers.threads()),
                (1, 1),
                "{leftovers}"
            );
            assert_eq!(tasks::ours().len(), 1, "{:#?}", tasks::ours());
            drop(end);
            tasks::wait_until("the thread ends", || tasks::ours().is_empty());
            gone();
        },
    );
}

/// What is dropped at the end blocks for good.
#[test]
fn a_drop_that_does_not_return_is_named() {
    struct Stuck(Sender<()>);
    impl Drop for Stuck {
        fn drop(&mut self) {
            self.0.send(()).unwrap();
            loop {
                thread::park();
            }
        }
    }
    alone("departure::a_drop_that_does_not_return_is_named", || {
        let (sender, is_dropped) = channel();
        let stuck = Stuck(sender);
        block_on(async {
            drop(tokio::spawn(async move {
                let _stuck = stuck;
                std::future::pending::<()>().await;
            }));
        });
        let leftovers = shutdown(SOON);
        is_dropped.recv().unwrap();
        assert_eq!(leftovers.tasks(), 1, "{leftovers}");
        assert!(leftovers.threads() > 0, "{leftovers}");
        // Afresh, beside it.
        assert_eq!(plain_sync(1), 1);
        gone_but_for("sync-twin-shutdown");
    });
}

/// Shuts down, with nothing left of what has come since.
#[track_caller]
fn gone_but_for(stuck: &str) {
    assert!(shutdown(LONG).is_empty());
    assert_eq!((tasks::ours().len(), tasks::named(stuck)), (1, 1));
}

/// Wherever the program is: it blocks the thread, and that is all.
#[test]
fn everywhere() {
    alone("departure::everywhere", || {
        for place in PLACES {
            place.run(|| {
                assert_eq!(plain_sync(1), 1);
                gone();
            });
        }
        thread_local! {
            static LAST: RefCell<Option<AtThreadExit>> = const { RefCell::new(None) };
        }
        struct AtThreadExit;
        impl Drop for AtThreadExit {
            fn drop(&mut self) {
                gone();
            }
        }
        thread::spawn(|| {
            LAST.set(Some(AtThreadExit));
            assert_eq!(plain_sync(1), 1);
        })
        .join()
        .unwrap();
        assert!(tasks::ours().is_empty());
    });
}

/// A limit that the clock cannot express, and none at all.
#[test]
fn extreme_limits() {
    alone("departure::extreme_limits", || {
        all_kinds();
        assert!(shutdown(Duration::MAX).is_empty());
        assert_eq!(plain_sync(1), 1);
        tasks::wait_until("at once, if nothing is at work", || {
            assert_eq!(plain_sync(1), 1);
            shutdown(Duration::ZERO).is_empty()
        });
    });
}

/// What the parent had locked, a child does not wait for, and what it shuts down is its own.
#[test]
fn in_a_child_of_a_fork() {
    alone("departure::in_a_child_of_a_fork", || {
        all_kinds();
        // SAFETY: the child makes calls, which are made for that, and ends without running anything else.
        let child = unsafe { libc::fork() };
        if child == 0 {
            let is_well = plain_sync(1) == 1 && shutdown(LONG).is_empty() && plain_sync(2) == 2;
            // SAFETY: it has no preconditions.
            unsafe { libc::_exit(i32::from(!is_well)) };
        }
        let mut status = 0;
        // SAFETY: it writes an integer.
        unsafe { libc::waitpid(child, &mut status, 0) };
        assert_eq!(status, 0);
        assert_eq!(plain_sync(3), 3);
        gone();
    });
}
