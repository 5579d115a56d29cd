//! What anyio says of `from_thread.run` and of cancel scopes around `to_thread.run_sync`.

use std::future::pending;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::Duration;
use sync_twin::{caller, sync_wrapper, to_thread, without_cancel};
use sync_twin_tests::harness::deadline::within_deadline;
use sync_twin_tests::harness::runtimes::current_thread;
use tokio::sync::{Notify, oneshot};
use tokio::task::yield_now;
use tokio::time::sleep;

/// Counts itself while it waits.
struct Waiting(Arc<AtomicUsize>);

impl Waiting {
    fn begin(count: &Arc<AtomicUsize>) -> Self {
        count.fetch_add(1, SeqCst);
        Waiting(Arc::clone(count))
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.fetch_sub(1, SeqCst);
    }
}

#[sync_wrapper]
async fn wait_for_ever(count: Arc<AtomicUsize>) {
    let _waiting = Waiting::begin(&count);
    pending().await
}

async fn until(count: &AtomicUsize, waiting: usize) {
    while count.load(SeqCst) != waiting {
        yield_now().await;
    }
}

/// Says when it ends, however that is.
struct Ends(Sender<&'static str>, &'static str);

impl Drop for Ends {
    fn drop(&mut self) {
        self.0.send(self.1).unwrap();
    }
}

fn ends() -> (Sender<&'static str>, Receiver<&'static str>) {
    mpsc::channel()
}

/// `from_thread.run` from a worker thread, and a result.
#[test]
fn a_thread_runs_code_in_the_task() {
    within_deadline("a result", || {
        let here = thread::current().id();
        let code = move || {
            let caller = caller();
            assert_eq!(caller.run(|| thread::current().id()), here);
            caller.block_on_send(|| async {
                sleep(Duration::from_millis(1)).await;
                thread::current().id()
            })
        };
        assert_eq!(current_thread().block_on(to_thread(code).serve()), here);
    });
}

/// A scope that is cancelled ends what the thread waits for, and the thread, whose destructors run.
#[test]
fn a_scope_that_is_cancelled() {
    within_deadline("a scope", || {
        let count = Arc::<AtomicUsize>::default();
        let (sender, ended) = ends();
        let code = {
            let count = Arc::clone(&count);
            move || {
                let _ends = Ends(sender, "the code");
                wait_for_ever_sync(count);
                unreachable!("it does not return");
            }
        };
        current_thread().block_on(async {
            tokio::select! {
                () = to_thread(code).serve() => unreachable!("it does not return"),
                () = until(&count, 1) => {}
            }
        });
        assert_eq!(count.load(SeqCst), 0);
        assert_eq!(ended.recv(), Ok("the code"));
    });
}

/// The inner of two scopes is cancelled, and the thread goes on in the outer one.
#[test]
fn the_inner_of_two_scopes() {
    #[sync_wrapper]
    async fn scope(count: Arc<AtomicUsize>, sender: Sender<&'static str>) -> &'static str {
        let inner = {
            let count = Arc::clone(&count);
            move || {
                let _ends = Ends(sender, "inner");
                wait_for_ever_sync(count);
            }
        };
        tokio::select! {
            () = to_thread(inner).serve() => "returned",
            () = until(&count, 1) => "cancelled",
        }
    }
    within_deadline("two scopes", || {
        let (sender, ended) = ends();
        let code = move || {
            let count = Arc::<AtomicUsize>::default();
            let inner = scope_sync(count, sender);
            // The outer scope is not cancelled.
            assert!(!caller().is_cancelled());
            (inner, caller().block_on_send(|| async { "goes on" }))
        };
        let outcome = current_thread().block_on(to_thread(code).serve());
        assert_eq!(outcome, ("cancelled", "goes on"));
        assert_eq!(ended.recv(), Ok("inner"));
    });
}

/// The outer of two scopes is cancelled, and both threads end, the inner one first or last.
#[test]
fn the_outer_of_two_scopes() {
    #[sync_wrapper]
    async fn scope(count: Arc<AtomicUsize>, sender: Sender<&'static str>) {
        let inner = move || {
            let _ends = Ends(sender, "inner");
            wait_for_ever_sync(count);
        };
        to_thread(inner).serve().await;
    }
    within_deadline("two scopes", || {
        let count = Arc::<AtomicUsize>::default();
        let (sender, ended) = ends();
        let code = {
            let count = Arc::clone(&count);
            move || {
                let _ends = Ends(sender.clone(), "outer");
                scope_sync(count, sender);
            }
        };
        current_thread().block_on(async {
            tokio::select! {
                () = to_thread(code).serve() => unreachable!("it does not return"),
                () = until(&count, 1) => {}
            }
        });
        let mut both: Vec<_> = ended.iter().collect();
        both.sort_unstable();
        assert_eq!(both, ["inner", "outer"]);
        assert_eq!(count.load(SeqCst), 0);
    });
}

/// Several threads of one piece of code wait, and all end.
#[test]
fn several_threads() {
    const THREADS: usize = 5;
    within_deadline("several threads", || {
        let count = Arc::<AtomicUsize>::default();
        let (sender, ended) = ends();
        let code = {
            let count = Arc::clone(&count);
            move || {
                let caller = caller();
                let threads: Vec<_> = (0..THREADS)
                    .map(|_| {
                        let (caller, count) = (caller.clone(), Arc::clone(&count));
                        let sender = sender.clone();
                        thread::spawn(move || {
                            let _ends = Ends(sender, "a thread");
                            caller.scope(|| wait_for_ever_sync(count));
                        })
                    })
                    .collect();
                threads
                    .into_iter()
                    .map(thread::JoinHandle::join)
                    .filter(Result::is_err)
                    .count()
            }
        };
        current_thread().block_on(async {
            tokio::select! {
                _ = to_thread(code).serve() => unreachable!("they do not return"),
                () = until(&count, THREADS) => {}
            }
        });
        assert_eq!(ended.iter().collect::<Vec<_>>(), ["a thread"; THREADS]);
        assert_eq!(count.load(SeqCst), 0);
    });
}

/// anyio's `abandon_on_cancel=False`: what must not be ended goes on to its end.
#[test]
fn shielded_code() {
    #[sync_wrapper]
    async fn wait(count: Arc<AtomicUsize>, notify: Arc<Notify>) {
        let _waiting = Waiting::begin(&count);
        notify.notified().await;
    }
    within_deadline("a shield", || {
        let (count, notify) = (Arc::<AtomicUsize>::default(), Arc::<Notify>::default());
        let (sender, ended) = ends();
        let code = {
            let (count, notify) = (Arc::clone(&count), Arc::clone(&notify));
            move || {
                without_cancel(|| wait_sync(count, notify));
                sender.send("shielded").unwrap();
                let call = || caller().block_on_send(|| async {});
                assert!(catch_unwind(AssertUnwindSafe(call)).is_err());
                sender.send("after it").unwrap();
            }
        };
        current_thread().block_on(async {
            tokio::select! {
                () = to_thread(code).serve() => unreachable!("it waits"),
                () = until(&count, 1) => {}
            }
        });
        assert_eq!(count.load(SeqCst), 1);
        notify.notify_one();
        assert_eq!(ended.iter().collect::<Vec<_>>(), ["shielded", "after it"]);
        assert_eq!(count.load(SeqCst), 0);
    });
}

/// A time limit around code that computes: the code asks.
#[test]
fn code_that_asks() {
    within_deadline("code that asks", || {
        let (begun, has_begun) = oneshot::channel();
        let (told, is_told) = oneshot::channel();
        let code = move || {
            begun.send(()).unwrap();
            let caller = caller();
            while !caller.is_cancelled() {
                thread::yield_now();
            }
            told.send(()).unwrap();
        };
        let runtime = current_thread();
        runtime.block_on(async {
            // What has not begun is not begun any more.
            tokio::select! {
                () = to_thread(code).serve() => panic!("it is not cancelled"),
                _ = has_begun => {}
            }
            is_told.await.unwrap();
        });
    });
}

/// A call with a limit of its own, which ends before the scope.
#[test]
fn a_call_that_is_late() {
    #[sync_wrapper(timeout = Duration::from_millis(5))]
    async fn late(count: Arc<AtomicUsize>) {
        let _waiting = Waiting::begin(&count);
        pending().await
    }
    within_deadline("a late call", || {
        let count = Arc::<AtomicUsize>::default();
        let code = {
            let count = Arc::clone(&count);
            move || late_sync(count).is_err()
        };
        assert!(current_thread().block_on(to_thread(code).serve()));
        assert_eq!(count.load(SeqCst), 0);
    });
}
