//! A job changes hands between a caller and an isolation thread, and is never in the hands of both.

use crate::check::{Explore, check};
use crate::desk::Desk;
use crate::parker::Parker;
use loom::cell::UnsafeCell;
use loom::thread;
use std::sync::Arc;

/// What is lent: whoever has it writes to it. loom reports two that do so at a time, or one after the other without
/// having heard of it.
type Job = Arc<UnsafeCell<u32>>;

fn work(job: &Job) {
    job.with_mut(|done| {
        // SAFETY: `with_mut` panics in the model if anybody else has it.
        unsafe { *done += 1 }
    });
}

fn done(job: &Job) -> u32 {
    // SAFETY: `with` panics in the model if anybody is writing.
    job.with(|done| unsafe { *done })
}

/// Lends as many jobs, one after the other, to a thread that may be asleep, awake, or only just done.
fn lends(jobs: u32) {
    let parker = Parker::new();
    let desk = Arc::new(Desk::<Job>::new(parker.waker().clone()));
    let isolated = {
        let desk = Arc::clone(&desk);
        thread::spawn(move || {
            for _ in 0..jobs {
                let job = loop {
                    match desk.take() {
                        Some(job) => break job,
                        None => parker.park(),
                    }
                };
                work(&job);
                desk.finish();
            }
            assert!(desk.take().is_none(), "a job was lent twice");
        })
    };
    let caller = Parker::new();
    let job = Job::default();
    for n in 1..=jobs {
        work(&job);
        desk.lend(Arc::clone(&job), caller.waker());
        while !desk.is_done() {
            caller.park();
        }
        work(&job);
        assert_eq!(done(&job), 3 * n);
    }
    isolated.join().expect("it does not panic");
}

#[test]
fn a_job_is_done_once_and_given_back() {
    check(Explore::Preemptions(4), || lends(1));
}

#[test]
fn a_thread_has_one_job_after_the_other() {
    check(Explore::Preemptions(3), || lends(3));
}
