//! What a process needs in memory and threads: at rest after its first request, and with a thousand threads that are all
//! blocked in one. Without what the program had before, but with the stacks of the threads that call.

use super::Setup;
use crate::client::Way;
use crate::process::is_known;
use crate::result::{Case, Spread, Unit};
use crate::role::{self, CROWD};

const CALLERS: usize = 1000;
const WAYS: [Way; 5] = [
    Way::Twin,
    Way::TwinMultiThread,
    Way::Blocking,
    Way::MultiThread,
    Way::Ureq,
];

pub(super) fn measure(setup: &mut Setup) {
    let callers = if setup.quick { 10 } else { CALLERS };
    // In the order in which the process prints them.
    let cases = [
        (
            "rest/memory",
            "memory after the first request".to_owned(),
            Unit::Memory,
        ),
        (
            "rest/threads",
            "threads after the first request".to_owned(),
            Unit::Threads,
        ),
        (
            "blocked/memory",
            format!("memory with {callers} threads blocked in a request"),
            Unit::Memory,
        ),
        (
            "blocked/threads",
            format!("threads with {callers} threads blocked in a request"),
            Unit::Threads,
        ),
    ];
    if !cases.iter().any(|(id, ..)| setup.wants(id)) {
        return;
    }
    if !is_known() {
        return setup.skip("rest, blocked", "this is not Linux");
    }
    let address = setup.backend.address().to_string();
    let callers = callers.to_string();
    let count = |way: Way| role::figures(&[CROWD, way.key(), &callers, &address]);
    let figures = WAYS.map(|way| (way, [(); 5].map(|()| count(way))));
    for (n, (id, title, unit)) in cases.into_iter().enumerate() {
        let rows = figures.iter().map(|(way, runs)| {
            let values = runs.iter().map(|run| run[n]);
            (way.name(), Spread::of(values.collect()))
        });
        setup.done(Case::counted(id, &title, unit, rows.collect()));
    }
}
