//! A job changes hands between a caller and an isolation thread, and is never in the hands of both.

use crate::check::{Explore, check};
use crate::job_slot::JobSlot;
use crate::park::parker::Parker;
use loom::sync::atomic::AtomicU32;
use loom::thread;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

/// What is lent: a count of those who have had it. Were it in two hands at a time, or handed on without what has been done
/// to it, a count would be lost.
type Job = Arc<AtomicU32>;

fn work(job: &Job) {
    job.store(job.load(Relaxed) + 1, Relaxed);
}

/// Lends as many jobs, one after the other, to a thread that may be asleep, awake, or only just done.
fn lends(jobs: u32) {
    let parker = Parker::new();
    let slot = Arc::new(JobSlot::<Job>::new(parker.waker().clone()));
    let isolated = {
        let slot = Arc::clone(&slot);
        thread::spawn(move || {
            for _ in 0..jobs {
                let job = loop {
                    match slot.take() {
                        Some(job) => break job,
                        None => parker.park(),
                    }
                };
                work(&job);
                slot.finish();
            }
            assert!(slot.take().is_none(), "a job was lent twice");
        })
    };
    let caller = Parker::new();
    let job = Job::new(AtomicU32::new(0));
    for n in 1..=jobs {
        work(&job);
        slot.lend(Arc::clone(&job), caller.waker());
        while !slot.is_done() {
            caller.park();
        }
        work(&job);
        assert_eq!(job.load(Relaxed), 3 * n);
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
