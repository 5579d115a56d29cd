//! A stream whose items have come already, read one by one: the rows of a query, of which a packet has many.

use super::Setup;
use crate::client::{current_thread, two_workers};
use crate::measure::{Contestant, race};
use crate::result::Unit;
use futures::executor::block_on_stream;
use futures_util::stream::Stream;
use std::hint::black_box;
use std::pin::Pin;
use std::task::{Context, Poll};
use sync_twin::sync_wrapper;

const ROWS: u64 = 1000;

/// Rows that are all there.
pub(super) struct Rows(u64);

impl Rows {
    fn all() -> Self {
        Rows(ROWS)
    }
}

#[sync_wrapper(type = BlockingRows, on_driver = "allow")]
impl Stream for Rows {
    type Item = u64;

    fn poll_next(mut self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<Option<u64>> {
        self.0 = black_box(self.0).wrapping_sub(1);
        Poll::Ready((self.0 < ROWS).then_some(self.0))
    }
}

fn read(rows: impl Iterator<Item = u64>) {
    assert_eq!(black_box(rows.count()), 1000);
}

pub(super) fn measure(setup: &mut Setup) {
    if !setup.wants("rows") {
        return;
    }
    let (driver, workers) = (&current_thread(), &two_workers());
    let twin = || read(BlockingRows::from(Rows::all()));
    let case = race(
        "rows",
        "1000 rows that have come, one by one",
        Unit::Time,
        setup.pace,
        vec![
            Contestant::in_main_future("blocking type, on a current-thread runtime", driver, twin),
            Contestant::lone("blocking type, plain thread", twin),
            Contestant::in_main_future("blocking type, beside a runtime", workers, twin),
            Contestant::lone("`futures::executor::block_on_stream`, plain thread", || {
                read(block_on_stream(Rows::all()));
            }),
        ],
    );
    setup.done(case);
}
