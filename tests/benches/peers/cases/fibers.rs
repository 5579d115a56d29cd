//! Sync code on a stack of its own, beside the other ways to call it from async code.

use super::Setup;
use crate::client::{current_thread, two_workers};
use crate::measure::{Contestant, race};
use crate::result::{Goal, Unit};
use std::future::Future;
use std::hint::black_box;
use std::pin::Pin;
use std::time::{Duration, Instant};
use sync_twin::{block_on, fiber, sync_wrapper, to_fiber, to_thread};
use tokio::runtime::Runtime;
use tokio::task::{JoinHandle, block_in_place, yield_now};
use tokio::time::sleep;

#[sync_wrapper]
async fn ready(n: u64) -> u64 {
    black_box(n)
}

#[sync_wrapper]
async fn suspended() {
    yield_now().await;
}

#[sync_wrapper]
async fn nap() {
    sleep(NAP).await;
}

const READY: &str = "fiber/ready";
const YIELDS: &str = "fiber/yields";
const NEW: &str = "fiber/new";
const MANY: &str = "fiber/many";

/// So many calls at a time, which wait so long.
const CALLS: usize = 10_000;
const NAP: Duration = Duration::from_millis(50);

pub(super) fn measure(setup: &mut Setup) {
    if setup.wants(READY) {
        ready_calls(setup);
    }
    if setup.wants(YIELDS) {
        suspensions(setup);
    }
    if setup.wants(NEW) {
        short_code(setup);
    }
    if setup.wants(MANY) {
        many_calls(setup);
    }
}

/// Code that counts what it does in a turn, and says how long one took.
type Code = Box<dyn FnOnce() -> f64>;

/// A fiber at the root of a current-thread runtime.
fn in_fiber<'a>(
    name: &str,
    runtime: &'a Runtime,
    code: impl Fn(Duration) -> Code + 'a,
) -> Contestant<'a> {
    Contestant::of_turns(name, move |turn| runtime.block_on(fiber(code(turn))))
}

/// How long each of the calls took that fit in a turn.
fn laps(turn: Duration, mut call: impl FnMut()) -> f64 {
    let start = Instant::now();
    let mut calls = 0;
    while start.elapsed() < turn {
        for _ in 0..256 {
            call();
        }
        calls += 256;
    }
    start.elapsed().as_secs_f64() / f64::from(calls)
}

fn ready_calls(setup: &mut Setup) {
    let runtime = current_thread();
    let call = || {
        black_box(ready_sync(1));
    };
    let case = race(
        READY,
        "future that is ready, called by code in a fiber",
        Unit::Time,
        setup.pace,
        vec![
            in_fiber("sync-twin in a fiber", &runtime, move |turn| {
                Box::new(move || laps(turn, call))
            }),
            Contestant::of_turns("sync-twin on a plain thread", |turn| laps(turn, call))
                .with_goal(Goal::AtMost(1.1)),
            Contestant::in_main_future("sync-twin at this root, isolated", &runtime, call),
        ],
    );
    setup.done(case);
}

/// The same as [`laps`], of async code.
async fn async_laps<Fut: Future>(turn: Duration, call: impl Fn() -> Fut) -> f64 {
    let start = Instant::now();
    let mut calls = 0;
    while start.elapsed() < turn {
        for _ in 0..256 {
            call().await;
        }
        calls += 256;
    }
    start.elapsed().as_secs_f64() / f64::from(calls)
}

fn suspensions(setup: &mut Setup) {
    let runtime = current_thread();
    let case = race(
        YIELDS,
        "`yield_now` on a current-thread runtime, in a call of code in a fiber",
        Unit::Time,
        setup.pace,
        vec![
            in_fiber("one suspension and resumption", &runtime, |turn| {
                Box::new(move || block_on(async_laps(turn, yield_now)))
            }),
            Contestant::of_turns("no fiber: `.await`", |turn| {
                runtime.block_on(async_laps(turn, yield_now))
            })
            .with_goal(Goal::AtMost(1.15)),
            in_fiber("a call for each", &runtime, |turn| {
                Box::new(move || laps(turn, suspended_sync))
            }),
        ],
    );
    setup.done(case);
}

/// Code that makes a call which is ready, and ends.
fn short_code(setup: &mut Setup) {
    let (runtime, workers) = (current_thread(), two_workers());
    let code = || black_box(ready_sync(1));
    let workers = &workers;
    let task = |name: &str, call: fn() -> Pin<Box<dyn Future<Output = ()> + Send>>| {
        Contestant::of_turns(name, move |turn| {
            let task = workers.spawn(async_laps(turn, call));
            workers.block_on(task).expect("the task does not panic")
        })
    };
    let case = race(
        NEW,
        "sync code with one call that is ready, from async code",
        Unit::Time,
        setup.pace,
        vec![
            Contestant::of_turns("`fiber`", |turn| {
                runtime.block_on(async_laps(turn, || fiber(code)))
            }),
            task("`block_in_place`", || {
                Box::pin(async {
                    block_in_place(|| black_box(ready_sync(1)));
                    yield_now().await;
                })
            }),
            task("`to_fiber`", || {
                Box::pin(async {
                    to_fiber(|| black_box(ready_sync(1))).await;
                })
            }),
            task("`to_thread`", || {
                Box::pin(async {
                    to_thread(|| black_box(ready_sync(1))).await;
                })
            }),
            task("`to_thread`, served", || {
                Box::pin(async {
                    to_thread(|| black_box(ready_sync(1))).serve().await;
                })
            }),
        ],
    );
    setup.done(case);
}

/// All of them wait at the same time, as far as there are threads for that.
fn many_calls(setup: &mut Setup) {
    let workers = two_workers();
    let calls = if setup.quick { 100 } else { CALLS };
    let all = |name: &str, spawn: fn(&Runtime) -> JoinHandle<()>| {
        let workers = &workers;
        Contestant::of_turns(name, move |_turn| {
            let start = Instant::now();
            let tasks: Vec<_> = (0..calls).map(|_| spawn(workers)).collect();
            workers.block_on(async {
                for task in tasks {
                    task.await.expect("it does not panic");
                }
            });
            start.elapsed().as_secs_f64()
        })
    };
    let case = race(
        MANY,
        "10,000 calls at a time of sync code that waits 50 ms in a call",
        Unit::Time,
        setup.pace,
        vec![
            all("`to_fiber`", |runtime| runtime.spawn(to_fiber(nap_sync))),
            all("no sync code: `.await`", |runtime| runtime.spawn(nap()))
                .with_goal(Goal::AtMost(3.0)),
            all("`to_thread`", |runtime| {
                runtime.spawn(async { to_thread(nap_sync).await })
            }),
            all("`to_thread`, served", |runtime| {
                runtime.spawn(async { to_thread(nap_sync).serve().await })
            }),
            all("`spawn_blocking`", |runtime| {
                runtime.spawn_blocking(nap_sync)
            }),
        ],
    );
    setup.done(case);
}
