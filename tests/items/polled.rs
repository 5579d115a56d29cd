//! Where the items of a blocking type's stream are polled.

use crate::places::current_thread;
use futures_util::Stream;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, ready};
use std::thread::{self, ThreadId};
use std::time::Duration;
use sync_twin::sync_wrapper;
use sync_twin_tests::harness::deadline::within_deadline;
use tokio::runtime::{Handle, Id};
use tokio::sync::mpsc;

/// In which thread and which runtime something happened.
type Seen = (ThreadId, Option<Id>);

fn here() -> Seen {
    let runtime = Handle::try_current().map(|runtime| runtime.id());
    (thread::current().id(), runtime.ok())
}

/// Notes where it is polled and dropped.
#[derive(Debug, Default)]
pub struct Log {
    polls: Mutex<Vec<Seen>>,
    drops: Mutex<Vec<Seen>>,
}

pub struct Steps {
    /// What each poll does, from the last to the first.
    steps: Vec<Step>,
    log: Arc<Log>,
}

#[derive(Clone, Copy)]
pub enum Step {
    Ready,
    /// Wakes at once.
    Pending,
    /// Defers its wake-up on a thread that drives a current-thread runtime.
    Yields,
    /// Calls a twin.
    Calls,
    Panics,
}

#[sync_wrapper(type = BlockingSteps, flavor = "multi_thread")]
impl Stream for Steps {
    type Item = ();

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<()>> {
        self.log.polls.lock().unwrap().push(here());
        match self.steps.pop() {
            None => return Poll::Ready(None),
            Some(Step::Ready) => {}
            Some(Step::Pending) => {
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            Some(Step::Yields) => {
                let mut yields = std::pin::pin!(tokio::task::yield_now());
                assert!(yields.as_mut().poll(cx).is_pending());
                return Poll::Pending;
            }
            Some(Step::Calls) => {
                sync_twin::block_on(tokio::time::sleep(Duration::from_millis(1)));
                let inner = Steps::of(&[Step::Ready, Step::Pending], &Arc::default());
                assert_eq!(inner.count(), 1);
            }
            Some(Step::Panics) => std::panic::panic_any(5_u8),
        }
        Poll::Ready(Some(()))
    }
}

impl Drop for Steps {
    fn drop(&mut self) {
        self.log.drops.lock().unwrap().push(here());
    }
}

impl Steps {
    fn of(steps: &[Step], log: &Arc<Log>) -> BlockingSteps {
        let steps = steps.iter().rev().copied().collect();
        let log = log.clone();
        BlockingSteps::from(Steps { steps, log })
    }
}

fn on_a_driver(code: impl Fn() + Send + 'static) {
    within_deadline("driver", move || {
        current_thread().block_on(async { code() })
    });
}

use Step::{Calls, Panics, Pending, Ready, Yields};

#[test]
fn an_item_that_has_come_is_never_isolated() {
    on_a_driver(|| {
        let (log, caller) = (Arc::default(), here());
        assert_eq!(Steps::of(&[Ready, Ready, Calls, Ready], &log).count(), 4);
        let polls = log.polls.lock().unwrap();
        assert_eq!(polls.len(), 5);
        assert!(polls.iter().all(|(thread, _)| *thread == caller.0));
        // But it is polled in the runtime on which it lives, and not the caller's.
        let (_, crew) = polls[0];
        assert!(crew.is_some() && crew != caller.1);
        assert!(polls.iter().all(|(_, runtime)| *runtime == crew));
    });
}

#[test]
fn an_item_that_has_to_come_is_isolated() {
    on_a_driver(|| {
        let (log, caller) = (Arc::default(), here());
        let steps = [Pending, Ready, Yields, Pending, Ready, Ready, Yields];
        assert_eq!(Steps::of(&steps, &log).count(), 3);
        let polls = log.polls.lock().unwrap();
        let here: Vec<_> = polls.iter().map(|seen| seen.0 == caller.0).collect();
        // Each call begins here, and goes on elsewhere, unless something has been deferred here.
        assert_eq!(here, [true, false, true, true, true, true, true, true]);
        let (_, crew) = polls[0];
        assert!(polls.iter().all(|(_, runtime)| *runtime == crew));
        drop(polls);
        assert_eq!(log.drops.lock().unwrap().len(), 1);
    });
}

/// What may be ended is isolated from the beginning: a poll here has no budget.
#[test]
fn what_has_not_come_by_now() {
    on_a_driver(|| {
        let (log, caller) = (Arc::default(), here());
        let mut steps = Steps::of(&[Pending, Ready, Pending, Ready], &log);
        assert!(steps.next_timeout(Duration::ZERO).is_err());
        assert_eq!(steps.next_timeout(Duration::ZERO), Ok(Some(())));
        let polls = log.polls.lock().unwrap().len();
        assert_eq!(polls, 2);
        assert_eq!(steps.next_timeout(Duration::MAX), Ok(Some(())));
        let polls = log.polls.lock().unwrap();
        let here: Vec<_> = polls.iter().map(|seen| seen.0 == caller.0).collect();
        assert_eq!(here, [false, false, false, false]);
    });
}

/// Adds up what it receives, 500 at a time.
pub struct Sums {
    received: mpsc::Receiver<u32>,
    polls: Vec<ThreadId>,
    sum: u32,
    count: u32,
}

#[sync_wrapper(type = BlockingSums)]
impl Stream for Sums {
    type Item = u32;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<u32>> {
        let here = thread::current().id();
        self.polls.push(here);
        while self.count < 500 {
            let Some(n) = ready!(self.received.poll_recv(cx)) else {
                return Poll::Ready(None);
            };
            self.sum += n;
            self.count += 1;
        }
        self.count = 0;
        Poll::Ready(Some(std::mem::take(&mut self.sum)))
    }
}

/// In place there is no budget, which nobody would renew.
#[test]
fn more_has_come_than_a_budget_allows() {
    on_a_driver(|| {
        let (sender, receiver) = mpsc::channel(1000);
        for _ in 0..1000 {
            sender.try_send(1).unwrap();
        }
        let mut sums = BlockingSums::from(Sums {
            received: receiver,
            polls: Vec::new(),
            sum: 0,
            count: 0,
        });
        assert_eq!((sums.next(), sums.next()), (Some(500), Some(500)));
        assert_eq!(sums.get_ref().polls, [thread::current().id(); 2]);
    });
}

#[test]
fn panics_pass_through_and_the_stream_stays() {
    on_a_driver(|| {
        let log = Arc::default();
        let mut steps = Steps::of(&[Panics, Ready, Pending, Panics, Ready], &log);
        for _ in 0..2 {
            let panic = catch_unwind(AssertUnwindSafe(|| steps.next())).unwrap_err();
            assert_eq!(panic.downcast_ref(), Some(&5_u8));
            assert_eq!(steps.next(), Some(()));
        }
        assert_eq!(steps.next(), None);
        drop(steps);
        let drops = log.drops.lock().unwrap();
        assert!(matches!(drops[..], [(_, Some(_))]), "{drops:?}");
    });
}

thread_local! {
    static AT_EXIT: std::cell::RefCell<Option<BlockingSteps>> = const { std::cell::RefCell::new(None) };
}

/// The end of a thread leaves no runtime to enter: there every item is isolated.
#[test]
fn at_the_end_of_a_thread() {
    struct Reads(Arc<Log>);

    impl Drop for Reads {
        fn drop(&mut self) {
            let steps = Steps::of(&[Ready, Yields, Ready], &self.0);
            assert_eq!(steps.count(), 2);
        }
    }

    thread_local! {
        static READS: std::cell::RefCell<Option<Reads>> = const { std::cell::RefCell::new(None) };
    }

    within_deadline("thread exit", || {
        let log: Arc<Log> = Arc::default();
        let of_thread = log.clone();
        thread::spawn(move || {
            READS.set(Some(Reads(of_thread.clone())));
            // Used last, so destroyed first or last: whatever the order, one of them finds tokio's thread-locals gone.
            sync_twin::block_on(tokio::task::yield_now());
            AT_EXIT.set(Some(Steps::of(&[Ready], &of_thread)));
        })
        .join()
        .unwrap();
        assert_eq!(log.polls.lock().unwrap().len(), 4);
        let drops = log.drops.lock().unwrap();
        assert_eq!(drops.len(), 2);
    });
}
