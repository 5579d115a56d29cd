//! Many threads that call, over several starts of the program.
//!
//! Where the kernel puts the threads of one start shifts all that this start measures, by up to three times. So each figure is
//! of a process of its own, with a server of its own, and the ways take turns in starting. And the same with all of it on one
//! core, which is what a container with one processor has: there no core has to be woken, and figures repeat.

use super::Setup;
use crate::client::Way;
use crate::process::can_pin;
use crate::result::{Case, Goal, Row, Spread, Unit};
use crate::role::{self, RATE};

const THREADS: [usize; 5] = [1, 2, 8, 32, 128];
const STARTS: usize = 7;
const MILLISECONDS: usize = 300;

/// By whom, in comparison with whom, and what is asked for.
const SHARED: [(Way, Option<Goal>); 5] = [
    (Way::Twin, None),
    (Way::TwinMultiThread, None),
    (Way::Blocking, Some(Goal::AtLeast(1.1))),
    (Way::MultiThread, Some(Goal::AtLeast(1.0))),
    (Way::Ureq, None),
];
const OWN: [(Way, Option<Goal>); 4] = [
    (Way::TwinPerThread, None),
    (Way::Twin, None),
    (Way::CurrentThread, Some(Goal::AtLeast(0.95))),
    (Way::Ureq, None),
];

pub(super) fn measure(setup: &mut Setup) {
    let kinds = [
        ("shared", "one client", &SHARED[..]),
        ("own", "a client each", &OWN[..]),
    ];
    for (place, where_it_is) in [("pinned", "all on one core"), ("cores", "all cores")] {
        for (clients, with, ways) in kinds {
            for threads in THREADS {
                let id = format!("{place}/{clients}/{threads}");
                if !setup.wants(&id) {
                    continue;
                }
                if !can_pin() {
                    setup.skip(&id, "this is not Linux, or there is no `taskset`");
                    continue;
                }
                let plural = if threads == 1 { "" } else { "s" };
                let title = format!(
                    "keep-alive HTTP GET, {threads} thread{plural} with {with}, {where_it_is}"
                );
                measure_starts(
                    setup,
                    ways,
                    &id,
                    &title,
                    [&threads.to_string(), clients, place],
                );
            }
        }
    }
}

fn measure_starts(
    setup: &mut Setup,
    ways: &[(Way, Option<Goal>)],
    id: &str,
    title: &str,
    [threads, clients, place]: [&str; 3],
) {
    let (starts, time) = match setup.quick {
        true => (1, 10),
        false => (STARTS, MILLISECONDS),
    };
    let time = time.to_string();
    let mut figures = vec![Vec::new(); ways.len()];
    for start in 0..starts {
        for turn in 0..ways.len() {
            let who = (start + turn) % ways.len();
            let part = [RATE, ways[who].0.key(), threads, clients, place, &time];
            figures[who].push(role::figures(&part));
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
        let row = |(who, &(way, goal)): (usize, &(Way, Option<Goal>))| {
            let ratios = of(0).zip(of(who)).map(|(ours, theirs)| ours / theirs);
            Row {
                name: way.name().to_owned(),
                value: Spread::of(of(who).collect()),
                ratio: (who > 0).then(|| Spread::of(ratios.collect())),
                goal: goal.filter(|_| figure == 0),
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
