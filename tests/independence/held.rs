//! A call on a plain thread spawns a task that blocks in a call of its own. The task holds the thread that drives home,
//! and nobody else has to wait for that.

use crate::child::alone;
use crate::echo::WAYS;
use futures::StreamExt as _;
use std::sync::mpsc::{Sender, channel};
use std::time::Duration;
use sync_twin::{Context, batch, block_on, sync_wrapper};
use sync_twin_tests::harness::deadline::within_deadline;
use sync_twin_tests::harness::places::PLACES;
use sync_twin_tests::harness::runtimes::{current_thread, workers};
use tokio::sync::oneshot;

#[sync_wrapper]
async fn wait_for(event: oneshot::Receiver<()>, waiting: Sender<()>) {
    waiting.send(()).unwrap();
    event.await.unwrap();
}

#[sync_wrapper(flavor = "current_thread")]
async fn double_current_thread(n: u32) -> u32 {
    crate::echo::double(n).await
}

/// On a current-thread runtime of one's own the recipe panics, and a task that blocks otherwise holds up all others.
#[test]
fn a_task_of_home_that_blocks_holds_up_nobody() {
    alone("held::a_task_of_home_that_blocks_holds_up_nobody", || {
        let (end, ended) = oneshot::channel();
        let (started, is_started) = channel();
        let (finish, finished) = channel();
        block_on(async {
            tokio::spawn(async move {
                wait_for_sync(ended, started);
                finish.send(()).unwrap();
            });
        });
        // A call that had come to home before that would wait, too.
        is_started.recv().unwrap();
        for place in PLACES {
            for (way, call) in WAYS {
                within_deadline(&format!("{place:?}, {way}"), move || {
                    assert_eq!(place.run(move || call(21)), 42);
                });
            }
            within_deadline(&format!("{place:?}, current_thread"), move || {
                assert_eq!(place.run(|| double_current_thread_sync(21)), 42);
            });
        }
        end.send(()).unwrap();
        finished.recv().unwrap();
    });
}

/// The inner task's call can only be served where another thread drives: nested as deep as one likes.
#[test]
fn tasks_of_home_that_each_wait_for_the_next() {
    #[sync_wrapper]
    async fn descend(levels: u32) -> u32 {
        if levels == 0 {
            return 0;
        }
        let below = tokio::spawn(async move { descend_sync(levels - 1) });
        below.await.unwrap() + 1
    }
    alone("held::tasks_of_home_that_each_wait_for_the_next", || {
        assert_eq!(descend_sync(40), 40);
    });
}

struct CallsWhenDropped;

impl Drop for CallsWhenDropped {
    fn drop(&mut self) {
        assert_eq!(crate::echo::double_sync(21), 42);
    }
}

struct Pool(CallsWhenDropped);

#[sync_wrapper(type = BlockingPool)]
impl Pool {
    pub(crate) fn connected() -> Self {
        assert_eq!(crate::echo::double_sync(21), 42);
        Pool(CallsWhenDropped)
    }

    pub(crate) async fn len(&self) -> u32 {
        1
    }
}

fn in_task_of_home(name: &str, code: fn()) {
    within_deadline(name, move || {
        block_on(async { tokio::spawn(async move { code() }).await.unwrap() });
    });
}

/// What a task of home makes or drops in a context of ours may make calls, too.
#[test]
fn sync_code_of_ours_in_a_task_of_home() {
    alone("held::sync_code_of_ours_in_a_task_of_home", || {
        in_task_of_home("an iterator is dropped", || {
            let guard = CallsWhenDropped;
            let mut numbers = sync_twin::iter(futures::stream::iter(1..3).map(move |n| {
                let _ = &guard;
                n
            }));
            assert_eq!(numbers.next(), Some(1));
        });
        in_task_of_home("a batch is dropped", || {
            let futures = (0..2).map(|n| async move {
                let _guard = CallsWhenDropped;
                tokio::task::yield_now().await;
                n
            });
            assert!(batch(futures).as_completed().next().is_some());
        });
        in_task_of_home("a blocking type", || {
            let pool = BlockingPool::connected();
            assert_eq!(pool.len(), 1);
        });
    });
}

/// A task that has entered another runtime still is home's.
#[test]
fn a_task_of_home_under_a_guard() {
    alone("held::a_task_of_home_under_a_guard", || {
        for runtime in [current_thread(), workers(1)] {
            for (way, call) in WAYS {
                let handle = runtime.handle().clone();
                within_deadline(way, move || {
                    let task = async move {
                        let _guard = handle.enter();
                        assert_eq!(Context::current(), Context::Driver);
                        call(21)
                    };
                    assert_eq!(block_on(async { tokio::spawn(task).await }).unwrap(), 42);
                });
            }
        }
    });
}

/// The batch's timer was made in home, which its next item holds.
#[test]
fn a_batch_that_goes_on_in_a_task_of_home_is_late() {
    within_deadline("a batch that goes on in a task of home", || {
        let futures = [5, u64::MAX].map(|ms| async move {
            tokio::time::sleep(Duration::from_millis(ms)).await;
        });
        let limit = Duration::from_millis(500);
        let mut completed = batch(futures).timeout(limit).as_completed();
        assert_eq!(completed.next(), Some(Ok(())));
        let goes_on = async move { assert!(completed.next().expect("its end").is_err()) };
        block_on(async { tokio::spawn(goes_on).await }).unwrap();
    });
}
