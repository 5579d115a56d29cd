//! A call that is isolated returns, whether and whenever its thread comes: with its job done once, or with the reason why
//! it has not been done.
//!
//! Each of these models also shows that nobody touches a job any more after its caller has gone on, and that all threads
//! end and have been counted.

use crate::check::Explore::{self, All, Preemptions};
use crate::check::check;
use crate::clock;
use crate::context::blocked::BlockedRuntimes;
use crate::isolation::{LentJob, Pool};
use crate::starter::Start::{Comes, Fails, Refused};
use crate::starter::{Start, Starter};
use loom::sync::atomic::AtomicU32;
use loom::thread;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

/// It stays until it is told to leave.
const STAYS: Idle = Idle::MayLeave(0);

struct World {
    pool: Pool,
    starter: Starter,
}

/// What one caller does. True if its job has been done.
type Caller = fn(&World) -> bool;

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

impl World {
    fn new(starts: &[Start]) -> Self {
        World {
            pool: Pool::new(),
            starter: Starter::new(starts),
        }
    }

    /// Has `code` run on an isolation thread, as a call does that waits by `wait`.
    fn isolate<T: Send>(
        &self,
        wait: impl FnOnce(&mut LentJob<'_>),
        code: impl FnOnce() -> T + Send,
    ) -> io::Result<T> {
        let lease = self.pool.lease(&self.starter)?;
        lease.run(BlockedRuntimes::default(), wait, |_| (), code)
    }

    /// The same for a job, which is looked at before and after.
    fn do_job(&self, wait: impl FnOnce(&mut LentJob<'_>)) -> bool {
        let job = Job::new();
        job.work();
        let lent = job.clone();
        let is_done = self.isolate(wait, move || lent.work()).is_ok();
        job.work();
        assert_eq!(job.times(), 2 + u32::from(is_done));
        is_done
    }
}

fn park(lent: &mut LentJob<'_>) {
    let is_done = lent.wait(|parker| {
        parker.park();
        true
    });
    assert!(is_done);
}

fn call(world: &World) -> bool {
    world.do_job(park)
}

/// A job that is no more than a wait for another.
fn call_in_call(world: &World) -> bool {
    world.isolate(park, || call(world)).is_ok_and(|inner| inner)
}

/// One that looks elsewhere before its job is done.
fn call_impatiently(world: &World) -> bool {
    world.do_job(|lent| _ = lent.wait(|parker| parker.park_timeout(Duration::from_secs(1))))
}

/// One that panics while it waits, and so never hears whether its job has been done.
fn call_and_unwind(world: &World) -> bool {
    let job = Job::new();
    let lent = job.clone();
    let wait = |_: &mut LentJob<'_>| resume_unwind(Box::new("the caller"));
    let call = || world.isolate(wait, move || lent.work());
    assert!(catch_unwind(AssertUnwindSafe(call)).is_err());
    let times = job.times();
    job.work();
    assert_eq!(job.times(), times + 1);
    times == 1
}

/// One whose job panics.
fn call_what_panics(world: &World) -> bool {
    let job = || world.isolate(park, || resume_unwind(Box::new("the job")));
    match catch_unwind(AssertUnwindSafe(job)) {
        Ok(returned) => {
            let _: io::Error = returned.map(|never: ()| never).expect_err("it panics");
            false
        }
        Err(payload) => payload.downcast_ref() == Some(&"the job"),
    }
}

/// When an isolation thread ends that is idle.
#[derive(Clone, Copy)]
enum Idle {
    /// Sooner or later, by itself.
    Leaves,
    /// When it is told to, or before that if it finds itself idle in one of so many looks of all such threads.
    MayLeave(usize),
}

/// Runs each caller on a thread of its own, until all of them have returned and all isolation threads have left. Returns
/// how many jobs have been done.
fn serve(idle: Idle, starts: &[Start], callers: &[Caller]) -> usize {
    if let Idle::MayLeave(looks) = idle {
        clock::stop_after(looks);
    }
    let world = Arc::new(World::new(starts));
    let (last, others) = callers.split_last().expect("there are some");
    let others: Vec<_> = others
        .iter()
        .map(|&caller| {
            let world = Arc::clone(&world);
            thread::spawn(move || caller(&world))
        })
        .collect();
    let mut done = usize::from(last(&world));
    for other in others {
        done += usize::from(other.join().expect("it does not panic"));
    }
    let World { pool, starter } = Arc::into_inner(world).expect("all have gone");
    match idle {
        Idle::Leaves => {
            starter.join();
            assert_eq!(pool.size(), (0, 0));
        }
        Idle::MayLeave(_) => {
            pool.end();
            starter.join();
        }
    }
    done
}

fn are_served(
    idle: Idle,
    explore: Explore,
    starts: &'static [Start],
    callers: &'static [Caller],
    done: usize,
) {
    check(explore, move || {
        assert_eq!(serve(idle, starts, callers), done);
    });
}

/// One caller, with threads that leave and with such as stay.
fn is_served(explore: Explore, starts: &'static [Start], caller: &'static [Caller; 1], done: bool) {
    for idle in [Idle::Leaves, STAYS] {
        are_served(idle, explore, starts, caller, usize::from(done));
    }
}

#[test]
fn a_thread_that_comes() {
    is_served(Preemptions(3), &[Comes], &[call], true);
    is_served(Preemptions(3), &[Comes], &[call_impatiently], true);
}

#[test]
fn a_thread_that_does_not_come() {
    is_served(Preemptions(4), &[Fails], &[call], false);
    is_served(Preemptions(3), &[Fails], &[call_impatiently], false);
    is_served(All, &[Refused], &[call], false);
}

/// The next call has another thread, and that may come.
#[test]
fn a_thread_that_comes_later() {
    fn call_again(world: &World) -> bool {
        !call(world) && call(world)
    }
    is_served(Preemptions(2), &[Fails, Comes], &[call_again], true);
    is_served(Preemptions(2), &[Refused, Comes], &[call_again], true);
}

/// A thread that has been left idle has the next job, unless it has gone by then.
#[test]
fn one_job_after_the_other() {
    fn call_twice(world: &World) -> bool {
        call(world) && call(world)
    }
    fn call_after_a_panic(world: &World) -> bool {
        call_what_panics(world) && call(world)
    }
    is_served(Preemptions(2), &[], &[call_twice], true);
    is_served(Preemptions(2), &[], &[call_after_a_panic], true);
}

#[test]
fn calls_that_nest() {
    is_served(Preemptions(2), &[], &[call_in_call], true);
    is_served(Preemptions(2), &[Comes, Fails], &[call_in_call], false);
    is_served(Preemptions(2), &[Fails], &[call_in_call], false);
}

/// Its stack stays as long as the job does, and a thread that has not come is not taken for an idle one.
#[test]
fn a_caller_that_unwinds() {
    fn unwind_and_call(world: &World) -> bool {
        call_and_unwind(world);
        call(world)
    }
    is_served(Preemptions(3), &[Comes], &[call_and_unwind], true);
    is_served(Preemptions(3), &[Fails], &[call_and_unwind], false);
    is_served(Preemptions(2), &[Fails, Comes], &[unwind_and_call], true);
}

/// A thread that one of them leaves, the other may find, or be about to.
#[test]
fn two_callers() {
    for looks in 0..3 {
        let idle = Idle::MayLeave(looks);
        are_served(idle, Preemptions(1), &[], &[call, call], 2);
        are_served(idle, Preemptions(1), &[Fails, Comes], &[call, call], 1);
        are_served(idle, Preemptions(1), &[Fails, Fails], &[call, call], 0);
    }
}
