//! A panic of the future is the caller's, as if it had not gone through a scheduler and perhaps another thread.

use crate::table::Row;
use crate::ways::{Way, in_each_row_where};
use std::panic::{AssertUnwindSafe, catch_unwind, panic_any};
use sync_twin_tests::harness::work::work;
use tokio::task::yield_now;
use tokio::time::{Duration, sleep};

/// Nothing that anybody could make from a message.
#[derive(Debug, PartialEq)]
struct Payload(Vec<u32>);

fn payload_of<T>(code: impl FnOnce() -> T) -> Payload {
    match catch_unwind(AssertUnwindSafe(code)) {
        Ok(_) => panic!("the call has not panicked"),
        Err(panic) => *panic.downcast().expect("the payload as it was"),
    }
}

fn message_of<T>(code: impl FnOnce() -> T) -> String {
    match catch_unwind(AssertUnwindSafe(code)) {
        Ok(_) => panic!("the call has not panicked"),
        Err(panic) => *panic.downcast().expect("a formatted message"),
    }
}

/// At once, after having waited, and through two levels; and the next call is as good as the first.
#[test]
fn come_through_from_every_context() {
    in_each_row_where(Row::may_panic, |way| {
        let at_once = payload_of(|| way.call(async || panic_any(Payload(vec![1]))));
        assert_eq!(at_once, Payload(vec![1]));

        let later = payload_of(|| {
            way.call(async || {
                yield_now().await;
                sleep(Duration::from_millis(1)).await;
                panic_any(Payload(vec![2]))
            })
        });
        assert_eq!(later, Payload(vec![2]));

        let nested = payload_of(|| {
            way.call(async || {
                yield_now().await;
                way.call(async || {
                    yield_now().await;
                    panic_any(Payload(vec![3]))
                })
            })
        });
        assert_eq!(nested, Payload(vec![3]));

        let four = 4;
        let message = message_of(|| way.call(async || panic!("number {four}")));
        assert_eq!(message, "number 4");

        assert_eq!(way.call(async || work(1).await), 2);
    });
}

/// A panic in the outer future, with an inner call already behind it.
#[test]
fn leave_the_enclosing_call_whole() {
    in_each_row_where(Row::may_panic, |way| {
        let two = way.call(async || {
            let payload = payload_of(|| {
                way.call(async || {
                    yield_now().await;
                    panic_any(Payload(vec![1]))
                })
            });
            assert_eq!(payload, Payload(vec![1]));
            sleep(Duration::from_millis(1)).await;
            2
        });
        assert_eq!(two, 2);
    });
}

/// A twin of a fn that panics before there is a future.
#[test]
fn of_building_the_future_come_through() {
    use std::future::{IntoFuture, Ready};
    struct Unbuildable;
    impl IntoFuture for Unbuildable {
        type Output = ();
        type IntoFuture = Ready<()>;
        fn into_future(self) -> Ready<()> {
            panic_any(Payload(vec![1]))
        }
    }
    in_each_row_where(Row::may_panic, |way| {
        if let Way::BlockOn = way {
            let payload = payload_of(|| sync_twin::block_on(Unbuildable));
            assert_eq!(payload, Payload(vec![1]));
        }
    });
}
