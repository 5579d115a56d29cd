//! The ways to make one and the same call.

use crate::home::within_deadline;
use crate::table::{ALL, Row};
use std::rc::Rc;
use sync_twin::{block_on, sync_wrapper};
use sync_twin_tests::harness::call::Call;

#[derive(Clone, Copy, Debug)]
pub(crate) enum Way {
    Auto,
    /// With an argument that is not `Send`.
    AutoInPlace,
    Always,
    Never,
    BlockOn,
}

pub(crate) const WAYS: [Way; 5] = [
    Way::Auto,
    Way::AutoInPlace,
    Way::Always,
    Way::Never,
    Way::BlockOn,
];

#[sync_wrapper]
async fn auto<T>(code: impl AsyncFnOnce() -> T + Send) -> T
where
    T: Send,
{
    code().await
}

#[sync_wrapper]
async fn auto_in_place<T>(code: impl AsyncFnOnce() -> T + Send, _not_send: Rc<()>) -> T {
    code().await
}

#[sync_wrapper(isolation = "always")]
async fn always<T: Send>(code: impl AsyncFnOnce() -> T + Send) -> T {
    code().await
}

#[sync_wrapper(isolation = "never")]
async fn never<T>(code: impl AsyncFnOnce() -> T + Send) -> T {
    code().await
}

impl Way {
    #[track_caller]
    pub(crate) fn call<T: Send>(self, code: impl AsyncFnOnce() -> T + Send) -> T {
        match self {
            Way::Auto => auto_sync(code),
            Way::AutoInPlace => auto_in_place_sync(code, Rc::new(())),
            Way::Always => always_sync(code),
            Way::Never => never_sync(code),
            Way::BlockOn => block_on(async { code().await }),
        }
    }

    /// Whether the call runs on another thread where the calling one cannot wait.
    pub(crate) fn crosses(self) -> bool {
        matches!(self, Way::Auto | Way::Always)
    }
}

/// Runs `code` for each way to call, in the context `place`.
pub(crate) fn in_each_way(place: fn(Call), code: fn(Way)) {
    for way in WAYS {
        within_deadline(&format!("{way:?}"), move || {
            let call = Call::new(move || code(way));
            place(call.clone());
            call
        })
        .check();
    }
}

/// Runs `code` for each way to call, in each context where that is possible.
pub(crate) fn in_each_row(code: fn(Way)) {
    in_each_row_where(|_| true, code);
}

/// The same, in those contexts that `filter` lets pass.
pub(crate) fn in_each_row_where(filter: fn(Row) -> bool, code: fn(Way)) {
    for row in ALL.iter().copied().filter(|row| filter(*row)) {
        for way in WAYS {
            if way.crosses() || row.can_enter() {
                in_row(row, way, code);
            }
        }
    }
}

fn in_row(row: Row, way: Way, code: fn(Way)) {
    let name = format!("{row} × {way:?}");
    let call = within_deadline(&name, move || {
        let call = Call::new(move || code(way));
        (row.run)(call.clone());
        call
    });
    // Shown when the check panics.
    eprintln!("checking {name}");
    call.check();
}
