//! Reports as events of `tracing`.

use crate::report::Stall;
use tracing::{Level, dispatcher, enabled, event};

/// Whether somebody listens.
pub(super) fn is_heard() -> bool {
    dispatcher::has_been_set() && enabled!(target: "sync_twin", Level::WARN)
}

pub(super) fn send(text: &str) {
    event!(target: "sync_twin", Level::WARN, "{text}");
}

pub(super) fn send_stall(stall: &Stall) {
    event!(
        target: "sync_twin",
        Level::WARN,
        location = stall.location,
        thread = stall.thread,
        context = stall.context,
        waited_ms = u64::try_from(stall.waited.as_millis()).unwrap_or(u64::MAX),
        place = stall.place,
        reason = stall.why,
        to_do = stall.instead.join("; "),
        others = stall.others.join("; "),
        "{}",
        stall.headline
    );
}
