//! What goes into a call and what comes out of it is dropped once.

use crate::table::Row;
use crate::ways::{in_each_row, in_each_row_where};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::SeqCst;
use tokio::task::yield_now;

/// Counts how often it is dropped. It owns memory, so that AddressSanitizer sees a second drop too.
struct Counted(Arc<AtomicU32>, #[expect(dead_code)] Box<u32>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_add(1, SeqCst);
    }
}

fn counted() -> (Counted, Arc<AtomicU32>) {
    let drops = Arc::new(AtomicU32::new(0));
    (Counted(Arc::clone(&drops), Box::new(0)), drops)
}

#[test]
fn output() {
    in_each_row(|way| {
        let (output, drops) = counted();
        let returned = way.call(async move || {
            yield_now().await;
            output
        });
        assert_eq!(drops.load(SeqCst), 0);
        drop(returned);
        assert_eq!(drops.load(SeqCst), 1);
    });
}

#[test]
fn arguments() {
    in_each_row(|way| {
        let (argument, drops) = counted();
        way.call(async move || {
            yield_now().await;
            assert_eq!(argument.0.load(SeqCst), 0);
        });
        assert_eq!(drops.load(SeqCst), 1);
    });
}

#[test]
fn arguments_of_a_call_that_panics() {
    in_each_row_where(Row::may_panic, |way| {
        let (argument, drops) = counted();
        let panic = catch_unwind(AssertUnwindSafe(|| {
            way.call(async move || {
                yield_now().await;
                let _argument = argument;
                resume_unwind(Box::new("on purpose"))
            })
        }));
        panic.unwrap_err();
        assert_eq!(drops.load(SeqCst), 1);
    });
}

/// The caller's own stack, lent to whoever runs the call.
#[test]
fn borrowed_arguments_are_the_callers_again() {
    in_each_row(|way| {
        let mut numbers = vec![String::from("one")];
        let last = way.call(async || {
            yield_now().await;
            numbers.push(String::from("two"));
            yield_now().await;
            numbers.last_mut().unwrap()
        });
        last.push('!');
        assert_eq!(numbers, ["one", "two!"]);
    });
}
