//! A call on a plain thread spawns a task that blocks in a call of its own. The task holds the thread that drives home,
//! and nobody else has to wait for that.

use crate::child::alone;
use crate::echo::WAYS;
use crate::places::PLACES;
use std::sync::mpsc::{Sender, channel};
use sync_twin::{block_on, sync_wrapper};
use sync_twin_tests::harness::deadline::within_deadline;
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
