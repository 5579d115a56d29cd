//! Futures that wake themselves and wait for nothing: what is left is a poll, and what lies between two of them.

use super::Setup;
use crate::client::{current_thread, two_workers};
use crate::measure::{Contestant, Pace, race};
use crate::result::{Case, Goal, Unit};
use futures::stream::{self, StreamExt};
use std::hint::black_box;
use sync_twin::{batch, sync_wrapper};
use tokio::task::yield_now;

const CALL: &str = "yields/call";
const BATCH: &str = "yields/batch";

/// How often the future of a call yields.
const YIELDS: usize = 100;
/// How many futures a batch has, and how often each of them yields.
const FUTURES: u64 = 1000;
const YIELDS_OF_EACH: usize = 3;

pub(super) fn measure(setup: &mut Setup) {
    if setup.wants(CALL) {
        setup.done(of_a_call(setup.pace));
    }
    if setup.wants(BATCH) {
        setup.done(of_a_batch(setup.pace));
    }
}

#[sync_wrapper]
async fn yields(times: usize) {
    for _ in 0..black_box(times) {
        yield_now().await;
    }
}

fn of_a_call(pace: Pace) -> Case {
    let (current, workers) = (current_thread(), two_workers());
    race(
        CALL,
        "future that yields 100 times, plain thread",
        Unit::Time,
        pace,
        vec![
            Contestant::lone("sync-twin", || yields_sync(YIELDS)),
            Contestant::lone("`Runtime::block_on`, current-thread", || {
                current.block_on(yields(YIELDS));
            })
            .with_goal(Goal::AtMost(1.0)),
            Contestant::lone("`Runtime::block_on`, 2 workers", || {
                workers.block_on(yields(YIELDS));
            }),
        ],
    )
}

fn of_a_batch(pace: Pace) -> Case {
    async fn one(n: u64) -> u64 {
        yields(YIELDS_OF_EACH).await;
        n
    }
    let current = current_thread();
    race(
        BATCH,
        "1,000 futures that yield 3 times each, plain thread",
        Unit::Time,
        pace,
        vec![
            Contestant::lone("sync-twin, `batch`", || {
                let outputs = batch((0..FUTURES).map(one)).run();
                black_box(outputs);
            }),
            Contestant::lone("`buffer_unordered` in a current-thread runtime", || {
                let futures = stream::iter((0..FUTURES).map(one));
                let outputs: Vec<u64> =
                    current.block_on(futures.buffer_unordered(usize::MAX).collect());
                black_box(outputs);
            })
            .with_goal(Goal::AtMost(1.1)),
        ],
    )
}
