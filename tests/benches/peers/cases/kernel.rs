//! What a call asks of the kernel: how often its threads give up the processor to wait, and how many system calls it makes.

use super::Setup;
use crate::client::Way;
use crate::process::is_known;
use crate::result::{Case, Goal, Spread, Unit};
use crate::role::{self, LONE};
use crate::system_calls::Counter;

const WAYS: [Way; 6] = [
    Way::Twin,
    Way::TwinMultiThread,
    Way::Blocking,
    Way::Ureq,
    Way::CurrentThread,
    Way::MultiThread,
];
const RUNS: [(); 3] = [(); 3];

pub(super) fn measure(setup: &mut Setup) {
    switches(setup);
    system_calls(setup, "calls/http", calls_of_request);
    system_calls(setup, "calls/ready", calls_of_ready);
}

fn switches(setup: &mut Setup) {
    // In the order in which the process prints them.
    let cases = [
        (
            "switches/caller",
            "keep-alive HTTP GET, one thread: how often that waits",
        ),
        (
            "switches/others",
            "keep-alive HTTP GET, one thread: how often others wait",
        ),
    ];
    if !cases.iter().any(|(id, _)| setup.wants(id)) {
        return;
    }
    if !is_known() {
        return setup.skip("switches", "this is not Linux");
    }
    let url = setup.backend.url("/");
    let calls: u32 = if setup.quick { 10 } else { 10_000 };
    let figures = WAYS.map(|way| {
        let count = |()| role::figures(&[LONE, way.key(), &url, &calls.to_string()]);
        (way, RUNS.map(count))
    });
    for (n, (id, title)) in cases.into_iter().enumerate() {
        let rows = figures.iter().map(|(way, runs)| {
            let values = runs.iter().map(|run| run[n] / f64::from(calls));
            (way.name(), Spread::of(values.collect()))
        });
        setup.done(Case::counted(id, title, Unit::Switches, rows.collect()));
    }
}

fn system_calls(setup: &mut Setup, id: &str, measure: fn(&Setup, &str, Counter) -> Case) {
    if !setup.wants(id) {
        return;
    }
    match Counter::find() {
        Ok(counter) => setup.done(measure(setup, id, counter)),
        Err(why) => setup.skip(id, &why),
    }
}

fn calls_of_request(setup: &Setup, id: &str, counter: Counter) -> Case {
    let url = setup.backend.url("/");
    let calls = if setup.quick { 10 } else { 5_000 };
    let rows = WAYS.map(|way| {
        let counts = RUNS.map(|()| counter.count(&[LONE, way.key(), &url], calls));
        (way.name(), Spread::of(counts.into()))
    });
    let title = format!(
        "keep-alive HTTP GET, one thread: system calls ({})",
        counter.name()
    );
    let mut case = Case::counted(id, &title, Unit::SystemCalls, rows.into());
    for (way, row) in WAYS.iter().zip(&mut case.rows) {
        row.goal = (*way == Way::CurrentThread).then_some(Goal::AtMost(1.0));
    }
    case
}

fn calls_of_ready(setup: &Setup, id: &str, counter: Counter) -> Case {
    let calls = if setup.quick { 10 } else { 100_000 };
    let counts = RUNS.map(|()| counter.count(&[LONE, "ready"], calls));
    let title = format!("future that is ready: system calls ({})", counter.name());
    let row = (Way::Twin.name(), Spread::of(counts.into()));
    Case::counted(id, &title, Unit::SystemCalls, vec![row])
}
