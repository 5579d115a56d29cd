//! A call that is lent to a task comes back: done, given back, or ended, whenever the task looks, and whenever it leaves.
//!
//! Each of these models also shows that no job is in two hands at a time, and that what one has done to it is seen by the next.

use crate::check::Explore::{self, All, Preemptions};
use crate::check::check;
use crate::park::parker::Parker;
use crate::serve::bell::{Bell, Listener};
use crate::serve::hub::{Fate, Hub, Stage};
use loom::sync::atomic::AtomicU32;
use loom::thread;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

/// A count of those who have had the job. Were it in two hands at a time, or handed on without what has been done to it, a
/// count would be lost.
#[derive(Clone)]
struct Job(Arc<AtomicU32>);

impl Job {
    fn new() -> Self {
        Job(Arc::new(AtomicU32::new(0)))
    }

    fn work(&self) {
        self.0.store(self.times() + 1, Relaxed);
    }

    fn times(&self) -> u32 {
        self.0.load(Relaxed)
    }
}

/// What has become of a call.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum End {
    /// The task has had the job so often before that.
    Settled(Fate, u32),
    Withdrawn,
    Refused(Stage),
}

/// What one caller does.
type Caller = fn(&Hub<Job>) -> End;

/// One that waits.
fn call(hub: &Hub<Job>) -> End {
    let (parker, job) = (Parker::new(), Job::new());
    job.work();
    let ticket = match hub.post(job.clone(), parker.waker()) {
        Ok(ticket) => ticket,
        Err(stage) => return End::Refused(stage),
    };
    hub.ring();
    let fate = loop {
        match ticket.fate() {
            Some(fate) => break fate,
            None => parker.park(),
        }
    };
    job.work();
    End::Settled(fate, job.times() - 2)
}

/// One whose ring panics: it takes the job back if it can.
fn call_and_unwind(hub: &Hub<Job>) -> End {
    let (parker, job) = (Parker::new(), Job::new());
    job.work();
    let ticket = match hub.post(job.clone(), parker.waker()) {
        Ok(ticket) => ticket,
        Err(stage) => return End::Refused(stage),
    };
    hub.ring();
    if hub.withdraw(&ticket) {
        job.work();
        assert_eq!(job.times(), 2);
        return End::Withdrawn;
    }
    while ticket.fate().is_none() {
        parker.park();
    }
    job.work();
    End::Settled(ticket.fate().expect("it has one"), job.times() - 2)
}

/// Lets each caller call on a thread of its own, while this one is the task: it looks so often, or until it has done so many jobs
/// in two polls each, and leaves. Returns what the callers say.
fn serve(looks: Option<usize>, leaves: Stage, callers: &[Caller]) -> Vec<End> {
    let hub = Arc::new(Hub::new());
    let callers: Vec<_> = callers
        .iter()
        .map(|&caller| {
            let hub = Arc::clone(&hub);
            thread::spawn(move || caller(&hub))
        })
        .collect();
    let parker = Parker::new();
    let (mut listener, mut held) = (Listener::default(), Vec::new());
    let (mut done, mut looked) = (0, 0);
    while done < callers.len() && looks.is_none_or(|looks| looked < looks) {
        looked += 1;
        hub.take(&mut listener, parker.waker(), &mut held);
        for held in held.drain(..) {
            held.job.work();
            held.job.work();
            held.settle(Fate::Done);
            done += 1;
        }
        if done < callers.len() && looks.is_none() {
            parker.park();
        }
    }
    hub.take(&mut listener, parker.waker(), &mut held);
    for held in hub.leave(leaves) {
        held.settle(Fate::GivenBack);
    }
    for held in held {
        held.job.work();
        held.settle(Fate::Ended);
    }
    assert_eq!(hub.stage(), leaves);
    let join = |caller: thread::JoinHandle<End>| caller.join().expect("it does not panic");
    callers.into_iter().map(join).collect()
}

fn all_are_done(explore: Explore, callers: &'static [Caller]) {
    check(explore, move || {
        let ends = serve(None, Stage::Left, callers);
        assert_eq!(ends, vec![End::Settled(Fate::Done, 2); callers.len()]);
    });
}

/// No ring is lost: the task parks whenever it has found nothing.
#[test]
fn a_task_that_waits_for_calls() {
    all_are_done(All, &[call]);
    all_are_done(Preemptions(2), &[call, call]);
    all_are_done(Preemptions(1), &[call, call, call]);
}

/// The task leaves at any point, and whoever has called is told.
#[test]
fn a_task_that_leaves() {
    let told = |looks: usize, leaves: Stage, callers: &'static [Caller]| {
        check(Preemptions(2), move || {
            for end in serve(Some(looks), leaves, callers) {
                match end {
                    End::Settled(Fate::Done, times) => assert_eq!(times, 2),
                    End::Settled(Fate::Ended, times) => assert_eq!(times, 1),
                    End::Settled(Fate::GivenBack, times) => assert_eq!(times, 0),
                    End::Refused(stage) => assert_eq!(stage, leaves),
                    End::Withdrawn => {}
                }
            }
        });
    };
    told(0, Stage::Cancelled, &[call]);
    told(1, Stage::Left, &[call, call]);
    told(1, Stage::Cancelled, &[call, call_and_unwind]);
    told(2, Stage::Cancelled, &[call_and_unwind]);
}

/// A waker that is not the one before is woken, too.
#[test]
fn a_task_that_is_polled_by_another_waker() {
    check(Preemptions(2), || {
        let bell = Arc::new(Bell::new());
        let news = Arc::new(AtomicU32::new(0));
        let ringers: Vec<_> = (0..2)
            .map(|_| {
                let (bell, news) = (Arc::clone(&bell), Arc::clone(&news));
                thread::spawn(move || {
                    news.fetch_add(1, Relaxed);
                    bell.ring();
                })
            })
            .collect();
        let mut listener = Listener::default();
        let parkers = [Parker::new(), Parker::new()];
        let mut turns = parkers.iter().cycle();
        loop {
            let parker = turns.next().expect("it goes round");
            bell.listen(&mut listener, parker.waker());
            if news.load(Relaxed) == 2 {
                break;
            }
            parker.park();
        }
        for ringer in ringers {
            ringer.join().expect("it does not panic");
        }
    });
}
