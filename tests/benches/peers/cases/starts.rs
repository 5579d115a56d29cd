//! Many callers at once, over several starts of the program.
//!
//! Where the kernel puts the threads of one start shifts all that this start measures, by up to three times. So each figure is
//! of a process of its own, with a server of its own, and the ways take turns in starting. And the same with all of it on one
//! core, which is what a container with one processor has: there no core has to be woken, and figures repeat.

use super::Setup;
use crate::callers::Callers;
use crate::client::Way;
use crate::process::can_pin;
use crate::result::{Case, Goal, Row, Spread, Unit};
use crate::role::{self, RATE};

const COUNTS: &[usize] = &[1, 2, 8, 32, 128];
const STARTS: usize = 5;
const MILLISECONDS: usize = 300;

/// Where the threads of client and server run, and what that is called.
pub(super) const PLACES: [(&str, &str); 2] =
    [("pinned", "all on one core"), ("cores", "all cores")];

/// By whom, in comparison with whom, and what is asked for.
type Ways = [(Way, Option<Goal>)];

const ALONE: &Ways = &[
    (Way::Twin, None),
    (Way::TwinPerThread, None),
    (Way::TwinMultiThread, None),
    (Way::Blocking, Some(Goal::AtLeast(1.1))),
    (Way::Ureq, None),
    (Way::CurrentThread, Some(Goal::AtLeast(0.97))),
    (Way::MultiThread, None),
];
const SHARED: &Ways = &[
    (Way::Twin, None),
    (Way::TwinMultiThread, None),
    (Way::Blocking, Some(Goal::AtLeast(1.1))),
    (Way::MultiThread, Some(Goal::AtLeast(1.0))),
    (Way::Ureq, None),
];
const OWN: &Ways = &[
    (Way::TwinPerThread, None),
    (Way::Twin, None),
    (Way::CurrentThread, Some(Goal::AtLeast(0.95))),
    (Way::Ureq, None),
];
const TASKS: &Ways = &[(Way::Twin, None), (Way::InPlace, Some(Goal::AtLeast(1.0)))];
const DRIVERS: &Ways = &[
    (Way::Twin, None),
    (Way::TwinPerThread, None),
    (Way::TwinMultiThread, None),
    (Way::Beside, Some(Goal::AtLeast(1.0))),
];

/// Those who call, with what clients.
struct Kind {
    id: &'static str,
    callers: Callers,
    /// What each of them is called.
    caller: &'static str,
    counts: &'static [usize],
    clients: &'static str,
    with: &'static str,
    ways: &'static Ways,
}

const KINDS: [Kind; 5] = [
    Kind {
        id: "alone",
        callers: Callers::Threads,
        caller: "thread",
        counts: &[1],
        clients: "own",
        with: "a client",
        ways: ALONE,
    },
    Kind {
        id: "shared",
        callers: Callers::Threads,
        caller: "thread",
        counts: &[2, 8, 32, 128],
        clients: "shared",
        with: "one client",
        ways: SHARED,
    },
    Kind {
        id: "own",
        callers: Callers::Threads,
        caller: "thread",
        counts: COUNTS,
        clients: "own",
        with: "a client each",
        ways: OWN,
    },
    Kind {
        id: "tasks",
        callers: Callers::Tasks,
        caller: "task",
        counts: COUNTS,
        clients: "shared",
        with: "one client, on 2 workers",
        ways: TASKS,
    },
    Kind {
        id: "drivers",
        callers: Callers::Drivers,
        caller: "current-thread runtime",
        counts: COUNTS,
        clients: "own",
        with: "a client each",
        ways: DRIVERS,
    },
];

pub(super) fn measure(setup: &mut Setup) {
    for (place, where_it_is) in PLACES {
        for kind in &KINDS {
            for &count in kind.counts {
                let id = format!("{place}/{}/{count}", kind.id);
                if !setup.wants(&id) {
                    continue;
                }
                if !can_pin() {
                    setup.skip(&id, "this is not Linux, or there is no `taskset`");
                    continue;
                }
                let plural = if count == 1 { "" } else { "s" };
                let (caller, with) = (kind.caller, kind.with);
                let title = format!(
                    "keep-alive HTTP GET, {count} {caller}{plural} with {with}, {where_it_is}"
                );
                let count = count.to_string();
                let part = |way: &str, time: &str| {
                    let (callers, clients) = (kind.callers.key(), kind.clients);
                    role::figures(&[RATE, way, callers, &count, clients, place, time])
                };
                let contender = |&(way, goal): &(Way, Option<Goal>)| Contender {
                    key: way.key(),
                    name: way.name(),
                    goal,
                };
                let contenders: Vec<_> = kind.ways.iter().map(contender).collect();
                measure_starts(setup, &id, &title, &contenders, part);
            }
        }
    }
}

/// A way, which another process is told by its key.
pub(super) struct Contender {
    pub(super) key: &'static str,
    pub(super) name: &'static str,
    pub(super) goal: Option<Goal>,
}

/// `start` is a start of a way, for so many milliseconds: calls in a second, and the processor time of one.
pub(super) fn measure_starts(
    setup: &mut Setup,
    id: &str,
    title: &str,
    ways: &[Contender],
    start: impl Fn(&str, &str) -> Vec<f64>,
) {
    let (starts, time) = match setup.quick {
        true => (1, 10),
        false => (STARTS, MILLISECONDS),
    };
    let time = time.to_string();
    let mut figures = vec![Vec::new(); ways.len()];
    for round in 0..starts {
        for turn in 0..ways.len() {
            let who = (round + turn) % ways.len();
            figures[who].push(start(ways[who].key, &time));
        }
    }
    for (figure, unit, suffix, what) in [
        (0, Unit::Rate, "", ""),
        (
            1,
            Unit::Time,
            "/processor",
            ": processor time of the client",
        ),
    ] {
        let of = |who: usize| figures[who].iter().map(move |run: &Vec<f64>| run[figure]);
        let row = |(who, way): (usize, &Contender)| {
            let ratios = of(0).zip(of(who)).map(|(ours, theirs)| ours / theirs);
            Row {
                name: way.name.to_owned(),
                value: Spread::of(of(who).collect()),
                ratio: (who > 0).then(|| Spread::of(ratios.collect())),
                goal: way.goal.filter(|_| figure == 0),
            }
        };
        setup.done(Case {
            id: format!("{id}{suffix}"),
            title: format!("{title}{what}"),
            unit,
            rows: ways.iter().enumerate().map(row).collect(),
        });
    }
}
