//! Many threads, each of which has a client of its own.

use super::Setup;
use crate::client::Way;
use crate::measure::{Contestant, race};
use crate::result::{Goal, Unit};

const THREADS: [usize; 5] = [1, 2, 8, 32, 128];

pub(super) fn measure(setup: &mut Setup) {
    let ways = [
        (Way::TwinPerThread, None),
        (Way::Twin, None),
        // With a runtime for each of them, too.
        (Way::CurrentThread, Some(Goal::AtLeast(0.95))),
        (Way::Ureq, None),
    ];
    for threads in THREADS {
        let id = format!("own/{threads}");
        if !setup.wants(&id) {
            continue;
        }
        let url = setup.backend.url("/");
        let contestant = |(way, goal): (Way, Option<Goal>)| {
            let url = url.clone();
            let contestant =
                Contestant::regulars(way.name(), threads, move || way.open_for(url.clone()));
            match goal {
                Some(goal) => contestant.with_goal(goal),
                None => contestant,
            }
        };
        let plural = if threads == 1 { "" } else { "s" };
        let case = race(
            &id,
            &format!("keep-alive HTTP GET, {threads} thread{plural} with a client each"),
            Unit::Rate,
            setup.pace.slower(5),
            ways.map(contestant).into(),
        );
        setup.done(case);
    }
}
