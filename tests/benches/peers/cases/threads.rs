//! Many threads: with one client for all, and with one for each.

use super::Setup;
use crate::client::Way;
use crate::measure::{Contestant, race};
use crate::result::{Goal, Unit};

const THREADS: [usize; 5] = [1, 2, 8, 32, 128];

pub(super) fn measure(setup: &mut Setup) {
    let shared = [
        (Way::Twin, None),
        (Way::TwinMultiThread, None),
        (Way::Blocking, Some(Goal::AtLeast(1.1))),
        (Way::MultiThread, Some(Goal::AtLeast(1.0))),
        (Way::Ureq, None),
    ];
    at_each_count(
        setup,
        "threads",
        "one client",
        &shared,
        |way, threads, url| Contestant::crowd(way.name(), threads, way.open_for(url)),
    );
    let own = [
        (Way::TwinPerThread, None),
        (Way::Twin, None),
        // With a runtime for each of them, too.
        (Way::CurrentThread, Some(Goal::AtLeast(0.95))),
        (Way::Ureq, None),
    ];
    at_each_count(setup, "own", "a client each", &own, |way, threads, url| {
        Contestant::regulars(way.name(), threads, move || way.open_for(url.clone()))
    });
}

/// The cases that begin with `id`, in which the threads have `clients`. `start` makes a contestant.
fn at_each_count(
    setup: &mut Setup,
    id: &str,
    clients: &str,
    ways: &[(Way, Option<Goal>)],
    start: impl Fn(Way, usize, String) -> Contestant<'static>,
) {
    for threads in THREADS {
        let id = format!("{id}/{threads}");
        if !setup.wants(&id) {
            continue;
        }
        let contestant = |&(way, goal): &(Way, Option<Goal>)| {
            let contestant = start(way, threads, setup.backend.url("/"));
            match goal {
                Some(goal) => contestant.with_goal(goal),
                None => contestant,
            }
        };
        let plural = if threads == 1 { "" } else { "s" };
        let case = race(
            &id,
            &format!("keep-alive HTTP GET, {threads} thread{plural} with {clients}"),
            Unit::Rate,
            setup.pace.slower(5),
            ways.iter().map(contestant).collect(),
        );
        setup.done(case);
    }
}
