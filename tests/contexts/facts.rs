//! Facts about tokio that a blocking call has to know. Each test hangs or panics where it is not heeded.

use crate::home::within_deadline;
use crate::ways::{Way, in_each_row, in_each_way};
use crate::{current_thread as in_current_thread, guards, local, multi_thread as in_multi_thread};
use std::future::{Future, IntoFuture, pending};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::thread::{self, ThreadId};
use sync_twin::block_on;
use sync_twin_tests::harness::call::{Call, CallOnDrop};
use sync_twin_tests::harness::runtimes::{current_thread, multi_thread, one_worker};
use sync_twin_tests::harness::work::work;
use tokio::runtime::{Builder, Handle, Id};
use tokio::sync::{mpsc, oneshot};
use tokio::task::yield_now;
use tokio::time::{Duration, Sleep, sleep};

const MOMENT: Duration = Duration::from_millis(1);

/// What a worker spawns goes to its LIFO slot, from which nobody steals: the worker itself must not be blocked.
#[test]
fn a_task_in_the_lifo_slot_is_run() {
    let code = |way: Way| {
        let inside = way.call(async || tokio::spawn(async { 1 }).await.unwrap());
        assert_eq!(inside, 1);
        let before = tokio::spawn(async { 2 });
        assert_eq!(way.call(async || before.await.unwrap()), 2);
    };
    in_each_way(in_multi_thread::task, code);
    in_each_way(in_multi_thread::task_of_one_worker, code);
}

/// A worker that has handed its tasks over and then lost the race for taking them back is one no more, and still
/// looks like one.
#[test]
fn a_worker_is_handed_over_again_and_again() {
    in_each_way(in_multi_thread::task_of_one_worker, |way| {
        for n in 0..20 {
            let task = tokio::spawn(async move {
                yield_now().await;
                n
            });
            assert_eq!(way.call(async || task.await.unwrap()), n);
        }
    });
}

/// What takes over from a worker is a thread of its own runtime, with the hooks and the name that its owner has chosen:
/// the call has left the context of our runtime while it waits.
#[test]
fn a_worker_is_handed_over_to_a_thread_of_its_own_runtime() {
    for way in crate::ways::WAYS {
        within_deadline(&format!("{way:?}"), move || {
            let runtime = Builder::new_multi_thread()
                .worker_threads(1)
                .thread_name("the-users-own")
                .build()
                .unwrap();
            let task = async move {
                let other = tokio::spawn(async { thread::current().name().map(str::to_owned) });
                way.call(async || {
                    // Once more after a wait: the context is left again.
                    sleep(MOMENT).await;
                    other.await.unwrap()
                })
            };
            let name = runtime.block_on(runtime.spawn(task)).unwrap();
            assert_eq!(name.as_deref(), Some("the-users-own"));
        });
    }
}

/// On a driver's thread `yield_now` gives its waker to a scheduler that runs again only after the call.
#[test]
fn yield_now_comes_back_on_a_driver() {
    let code = |way: Way| {
        way.call(async || {
            for _ in 0..10 {
                yield_now().await;
            }
            tokio::join!(yield_now(), yield_now());
        });
    };
    in_each_way(in_current_thread::root, code);
    in_each_way(in_current_thread::task, code);
    in_each_way(local::task_of_a_local_runtime, code);
}

/// A task may do 128 operations before tokio wants it to yield, which a blocked one cannot.
#[test]
fn the_coop_budget_of_the_outer_task_is_not_spent() {
    const OPERATIONS: usize = 500;
    let code = |way: Way| {
        let (sender, mut receiver) = mpsc::channel(OPERATIONS);
        for n in 0..OPERATIONS {
            sender.try_send(n).unwrap();
        }
        let receiver = &mut receiver;
        way.call(async move || {
            for n in 0..OPERATIONS {
                assert_eq!(receiver.recv().await, Some(n));
            }
        });
    };
    in_each_way(in_multi_thread::task_of_one_worker, code);
    in_each_way(in_multi_thread::root, code);
    in_each_way(in_current_thread::task, code);
    in_each_way(local::task_of_a_set_at_a_multi_thread_root, code);
}

/// As before, with nothing left of the budget when the call begins.
#[test]
fn a_spent_coop_budget_does_not_matter() {
    fn place(call: Call, spawn: impl FnOnce(Pin<Box<dyn Future<Output = ()> + Send>>)) {
        spawn(Box::pin(async move {
            let (sender, mut receiver) = mpsc::channel(128);
            for n in 0..128 {
                sender.try_send(n).unwrap();
            }
            for n in 0..128 {
                assert_eq!(receiver.recv().await, Some(n));
            }
            call.run();
        }));
    }
    let code = |way: Way| assert_eq!(way.call(async || work(1).await), 2);
    in_each_way(
        |call| {
            place(call, |task| {
                one_worker().block_on(async { tokio::spawn(task).await.unwrap() });
            });
        },
        code,
    );
    in_each_way(
        |call| {
            place(call, |task| {
                current_thread().block_on(async { tokio::spawn(task).await.unwrap() });
            });
        },
        code,
    );
}

/// Both levels wait on one thread. If they shared what the thread parks on (as `block_on` in `block_in_place`
/// does), the inner one would swallow the wake-up that is meant for the outer one.
#[test]
fn a_wake_up_of_the_outer_future_is_not_lost_while_nested() {
    async fn join(way: Way) {
        let (sender, receiver) = oneshot::channel();
        tokio::join!(async { receiver.await.unwrap() }, async {
            way.call(async move || {
                sleep(MOMENT).await;
                sender.send(()).unwrap();
                sleep(MOMENT).await;
            });
        });
    }
    async fn join_with_another_thread(way: Way) {
        let (sender, receiver) = oneshot::channel();
        let (begun, begin) = oneshot::channel();
        let other = thread::spawn(move || {
            begin.blocking_recv().unwrap();
            sender.send(()).unwrap();
        });
        tokio::join!(async { receiver.await.unwrap() }, async {
            way.call(async move || {
                begun.send(()).unwrap();
                sleep(MOMENT).await;
            });
        });
        other.join().unwrap();
    }
    async fn select(way: Way) {
        let (sender, mut receiver) = oneshot::channel();
        tokio::select! {
            biased;
            result = &mut receiver => result.unwrap(),
            () = async {
                way.call(async move || {
                    sender.send(()).unwrap();
                    yield_now().await;
                });
                pending().await
            } => unreachable!("never ready"),
        }
    }
    async fn all(way: Way) {
        join(way).await;
        join_with_another_thread(way).await;
        select(way).await;
    }
    fn check(place: &str, outer: fn(Way)) {
        for way in crate::ways::WAYS {
            within_deadline(&format!("{place} × {way:?}"), move || outer(way));
        }
    }
    check("multi-thread root", |way| multi_thread().block_on(all(way)));
    check("one-worker root", |way| one_worker().block_on(all(way)));
    check("worker", |way| {
        one_worker().block_on(async { tokio::spawn(all(way)).await.unwrap() });
    });
    check("driver", |way| current_thread().block_on(all(way)));
    check("twin", |way| block_on(all(way)));
    check("isolated twin", |way| {
        Way::Always.call(async || all(way).await)
    });
    check("twin on a worker", |way| {
        let task = async move { block_on(all(way)) };
        one_worker().block_on(async { tokio::spawn(task).await.unwrap() });
    });
    check("twin on a driver", |way| {
        current_thread().block_on(async { block_on(all(way)) });
    });
    check("futures", |way| futures::executor::block_on(all(way)));
    check("smol", |way| smol::block_on(all(way)));
}

/// Two places that look like a worker's are none, and `block_in_place` panics in one of them.
#[test]
fn block_in_place_may_panic() {
    let code = |way: Way| {
        assert_eq!(way.call(async || work(1).await), 2);
        // Once more, from inside.
        let nested = way.call(async || {
            yield_now().await;
            way.call(async || work(1).await)
        });
        assert_eq!(nested, 2);
    };
    in_each_way(guards::driver_under_a_multi_thread, code);
    in_each_way(local::task_of_a_set_in_block_in_place, code);
}

/// A panic that is caught where another one is on its way does no harm; one that got out would abort.
#[test]
fn block_in_place_may_panic_while_unwinding() {
    in_each_way(
        |call| {
            guards::driver_under_a_multi_thread(Call::new(move || {
                let local = CallOnDrop(call.clone());
                catch_unwind(AssertUnwindSafe(|| {
                    let _local = local;
                    resume_unwind(Box::new("on purpose"));
                }))
                .unwrap_err();
            }));
        },
        |way| assert_eq!(way.call(async || work(1).await), 2),
    );
}

/// A second `block_on` of a current-thread runtime shows no scheduler, and yet nothing can be driven in it. A
/// nested twin finds itself in sync-twin's own context there, and must not take that for a permission to drive.
#[test]
fn a_nested_twin_in_a_second_block_on_does_not_drive() {
    let code = |way: Way| {
        let nested = way.call(async || {
            yield_now().await;
            let n = way.call(async || {
                yield_now().await;
                way.call(async || work(1).await)
            });
            work(n).await
        });
        assert_eq!(nested, 3);
    };
    in_each_way(in_current_thread::second_block_on, code);
    in_each_way(in_current_thread::second_block_on_that_has_waited, code);
    in_each_way(in_current_thread::handle_block_on, code);
    // Everybody else is as well as before.
    in_each_way(crate::plain::thread, code);
}

/// `sleep` panics where there is no runtime, so a future has to be built where it is polled.
#[test]
fn what_needs_the_context_is_built_in_it() {
    struct LaterOn;
    impl IntoFuture for LaterOn {
        type Output = ();
        type IntoFuture = Sleep;
        fn into_future(self) -> Sleep {
            sleep(MOMENT)
        }
    }
    for row in crate::table::ALL.iter().filter(|row| row.can_enter()) {
        let call = within_deadline(&row.to_string(), move || {
            let call = Call::new(|| block_on(LaterOn));
            (row.run)(call.clone());
            call
        });
        call.check();
    }
}

/// Says where it was polled, and checks that it is dropped there.
struct Witness {
    first_polled: Option<(ThreadId, Id)>,
    waits: u32,
}

impl Witness {
    fn new() -> Self {
        Witness {
            first_polled: None,
            waits: 3,
        }
    }

    fn here() -> (ThreadId, Id) {
        (thread::current().id(), Handle::current().id())
    }
}

impl Future for Witness {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let here = Witness::here();
        assert_eq!(*self.first_polled.get_or_insert(here), here);
        if self.waits == 0 {
            return Poll::Ready(());
        }
        self.waits -= 1;
        let waker = cx.waker().clone();
        thread::spawn(move || waker.wake());
        Poll::Pending
    }
}

impl Drop for Witness {
    fn drop(&mut self) {
        assert_eq!(self.first_polled, Some(Witness::here()));
    }
}

/// Tokio's objects may need the context, or the thread, also when they are dropped.
#[test]
fn a_future_is_dropped_where_it_was_polled() {
    in_each_row(|way| match way {
        // The call has this very future, and drops it when it is ready.
        Way::BlockOn => block_on(Witness::new()),
        _ => way.call(async || {
            yield_now().await;
            Witness::new().await;
        }),
    });
}
