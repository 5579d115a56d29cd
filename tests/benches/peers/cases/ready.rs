//! A future that is ready at once: what is left is the call itself.

use super::Setup;
use crate::client::{current_thread, two_workers};
use crate::measure::{Contestant, Pace, race};
use crate::result::{Case, Goal, Unit};
use std::hint::black_box;
use std::time::{Duration, Instant};
use sync_twin::sync_wrapper;
use tokio::runtime::{Handle, Runtime};
use tokio::task::{block_in_place, yield_now};

#[sync_wrapper]
async fn ready(n: u64) -> u64 {
    black_box(n)
}

const PLAIN: &str = "ready/plain";
const BESIDE: &str = "ready/beside";
const WORKER: &str = "ready/worker";

pub(super) fn measure(setup: &mut Setup) {
    if setup.wants(PLAIN) {
        setup.done(on_plain_thread(setup.pace));
    }
    if setup.wants(BESIDE) {
        setup.done(beside_runtime(setup.pace));
    }
    if setup.wants(WORKER) {
        setup.done(on_worker(setup.pace));
    }
}

fn on_plain_thread(pace: Pace) -> Case {
    fn lone<'a>(name: &str, call: impl Fn(u64) -> u64 + 'a) -> Contestant<'a> {
        Contestant::lone(name, move || {
            black_box(call(1));
        })
    }
    let current = current_thread();
    let workers = two_workers();
    race(
        PLAIN,
        "future that is ready, plain thread",
        Unit::Time,
        pace,
        vec![
            lone("sync-twin", ready_sync),
            lone("`Handle::block_on`", |n| {
                workers.handle().block_on(ready(n))
            })
            .with_goal(Goal::AtMost(0.5)),
            lone("`Runtime::block_on`, 2 workers", |n| {
                workers.block_on(ready(n))
            }),
            lone("`Runtime::block_on`, current-thread", |n| {
                current.block_on(ready(n))
            }),
            lone("`futures::executor::block_on`", |n| {
                futures::executor::block_on(ready(n))
            }),
            lone("`pollster::block_on`", |n| pollster::block_on(ready(n))),
        ],
    )
}

fn beside_runtime(pace: Pace) -> Case {
    let runtime = two_workers();
    let at_root = |name, call: fn(u64) -> u64| {
        Contestant::in_main_future(name, &runtime, move || {
            black_box(call(1));
        })
    };
    race(
        BESIDE,
        "future that is ready, in the main future of a multi-thread runtime",
        Unit::Time,
        pace,
        vec![
            at_root("sync-twin", ready_sync),
            at_root("`block_in_place` and `Handle::block_on`", |n| {
                block_in_place(|| Handle::current().block_on(ready(n)))
            }),
        ],
    )
}

fn on_worker(pace: Pace) -> Case {
    let runtime = two_workers();
    race(
        WORKER,
        "future that is ready, in a task of a multi-thread runtime",
        Unit::Time,
        pace,
        vec![
            in_task("sync-twin", &runtime, ready_sync),
            in_task("`block_in_place` and `Handle::block_on`", &runtime, |n| {
                block_in_place(|| Handle::current().block_on(ready(n)))
            })
            .with_goal(Goal::AtMost(0.05)),
            in_task("reading the clock, part of the others", &runtime, black_box),
        ],
    )
}

/// Calls from a task that yields after each call, as tasks do: so that each call finds a worker that could be handed over,
/// and pays for that. Only the calls are timed.
fn in_task<'a>(name: &str, runtime: &'a Runtime, call: fn(u64) -> u64) -> Contestant<'a> {
    Contestant::of_turns(name, move |turn| {
        let task = runtime.spawn(async move {
            let start = Instant::now();
            let mut time = Duration::ZERO;
            let mut calls = 0;
            while start.elapsed() < turn {
                for _ in 0..16 {
                    let start = Instant::now();
                    black_box(call(1));
                    time += start.elapsed();
                    calls += 1;
                    yield_now().await;
                }
            }
            time.as_secs_f64() / f64::from(calls)
        });
        runtime.block_on(task).expect("the task does not panic")
    })
}
