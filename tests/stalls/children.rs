//! A set of futures on a driver loses a child that has yielded.

use crate::call_at;
use crate::told::{is_told, says};
use futures_util::StreamExt as _;
use futures_util::stream::{self, BoxStream, FuturesUnordered, Stream};
use std::future::pending;
use std::time::Duration;
use sync_twin::{batch, block_on, block_on_timeout, sync_wrapper};
use sync_twin_tests::harness::runtimes::current_thread;
use tokio::task::yield_now;

const SET: &str = "its future is a set that polls only those of its futures that were woken";

/// The threshold of other calls, in milliseconds.
const LATER: &str = "10000";

async fn wait_for(children: FuturesUnordered<impl Future>) {
    children.count().await;
}

#[test]
fn a_child_whose_yield_is_kept_back() {
    is_told(
        "children::a_child_whose_yield_is_kept_back",
        &[
            &call_at!("// stalls"),
            SET,
            "run the futures by `sync_twin::batch`",
        ],
        || {
            current_thread().block_on(async {
                let children = FuturesUnordered::new();
                children.push(yield_now());
                block_on(wait_for(children)); // stalls
            });
        },
    );
}

#[sync_wrapper(type = Items, foreign)]
impl Stream for BoxStream<'static, u32> {
    type Item = u32;
}

#[sync_wrapper(type = IsolatedItems, foreign, isolation = "always")]
impl Stream for BoxStream<'static, u32> {
    type Item = u32;
}

fn yielding() -> BoxStream<'static, u32> {
    let numbers = stream::iter(0..20).map(|n| async move {
        yield_now().await;
        n
    });
    numbers.buffer_unordered(8).boxed()
}

/// The blocking type of a stream polls here before it isolates.
#[test]
fn a_child_in_the_blocking_type_of_a_stream() {
    is_told(
        "children::a_child_in_the_blocking_type_of_a_stream",
        &[&call_at!("// lost"), SET, "`isolation = \"always\"`"],
        || {
            current_thread().block_on(async {
                let mut items = Items::from(yielding());
                items.next(); // lost
            });
        },
    );
}

#[test]
fn a_stream_that_is_always_isolated_loses_none() {
    let sum = current_thread().block_on(async { IsolatedItems::from(yielding()).sum::<u32>() });
    assert_eq!(sum, 190);
}

/// It is told long before its threshold.
#[test]
fn it_is_told_before_any_other_call() {
    let said = says("children::it_is_told_before_any_other_call", LATER, || {
        current_thread().block_on(async {
            let children = FuturesUnordered::new();
            children.push(yield_now());
            let late = block_on_timeout(Duration::from_secs(4), wait_for(children));
            assert!(late.is_err());
        });
    });
    assert!(said.contains(SET), "{said}");
}

/// Nothing is kept back from a call that yields itself, and a batch makes up for it: they are not told that soon.
#[test]
fn calls_that_yield_themselves_and_batches_are_not_suspected() {
    let said = says(
        "children::calls_that_yield_themselves_and_batches_are_not_suspected",
        LATER,
        || {
            current_thread().block_on(async {
                let own = async {
                    for _ in 0..20 {
                        yield_now().await;
                    }
                    pending::<()>().await;
                };
                let limit = Duration::from_secs(3);
                assert!(block_on_timeout(limit, own).is_err());
                let children = (0..40).map(|n| async move {
                    yield_now().await;
                    if n == 0 {
                        pending::<()>().await;
                    }
                });
                assert!(batch(children).timeout(limit).run().is_err());
            });
        },
    );
    assert!(!said.contains("sync-twin"), "{said}");
}
