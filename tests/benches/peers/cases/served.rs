//! Sync code whose calls the awaiting task serves, on one current-thread runtime.

use super::Setup;
use crate::client::current_thread;
use crate::measure::{Contestant, race};
use crate::result::{Goal, Unit};
use std::hint::black_box;
use std::time::Duration;
use sync_twin::{sync_wrapper, to_thread};
use tokio::runtime::Runtime;
use tokio::task::JoinSet;
use tokio::time::sleep;

const REQUESTS: usize = 100;
const STEPS: usize = 3;
const STEP: Duration = Duration::from_millis(10);

#[sync_wrapper]
async fn step() {
    sleep(STEP).await;
}

#[sync_wrapper]
async fn ready(n: u64) -> u64 {
    black_box(n)
}

/// A request of sync code that waits a few times.
fn request() {
    (0..STEPS).for_each(|_| step_sync());
}

/// So many ready calls in a row, of which each goes to the task and back.
const CALLS: u64 = 1000;

fn calls() -> u64 {
    (0..CALLS).map(ready_sync).sum()
}

pub(super) fn measure(setup: &mut Setup) {
    if setup.wants("served/requests") {
        requests(setup);
    }
    if setup.wants("served/calls") {
        ready_calls(setup);
    }
}

fn requests(setup: &mut Setup) {
    let runtime = current_thread();
    let case = race(
        "served/requests",
        "100 requests at once that each sleep 3 × 10 ms, on one current-thread runtime",
        Unit::Time,
        setup.pace.slower(5),
        vec![
            all("`to_thread(…).serve()`", &runtime, || {
                to_thread(request).serve()
            }),
            all("`.await`", &runtime, || async {
                for _ in 0..STEPS {
                    step().await;
                }
            })
            .with_goal(Goal::AtMost(1.3)),
            all("`to_thread`", &runtime, || to_thread(request)),
        ],
    );
    setup.done(case);
}

fn all<'a, F>(name: &str, runtime: &'a Runtime, request: impl Fn() -> F + 'a) -> Contestant<'a>
where
    F: Future<Output = ()> + Send + 'static,
{
    Contestant::lone(name, move || {
        runtime.block_on(async {
            let mut requests = JoinSet::new();
            for _ in 0..REQUESTS {
                requests.spawn(request());
            }
            requests.join_all().await;
        });
    })
}

fn ready_calls(setup: &mut Setup) {
    let runtime = current_thread();
    let case = race(
        "served/calls",
        "1,000 calls in a row that are ready at once, in sync code below a current-thread runtime",
        Unit::Time,
        setup.pace,
        vec![
            Contestant::lone("`to_thread(…).serve()`", || {
                black_box(runtime.block_on(to_thread(calls).serve()));
            }),
            Contestant::lone("isolated, in the task itself", || {
                black_box(runtime.block_on(async { calls() }));
            }),
            Contestant::lone("`to_thread`", || {
                black_box(runtime.block_on(to_thread(calls)));
            }),
        ],
    );
    setup.done(case);
}
