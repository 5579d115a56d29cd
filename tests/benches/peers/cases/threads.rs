//! Many threads that share one client.

use super::Setup;
use crate::client::Way;
use crate::measure::{Contestant, race};
use crate::result::{Goal, Unit};

const THREADS: [usize; 5] = [1, 2, 8, 32, 128];

pub(super) fn measure(setup: &mut Setup) {
    let ways = [
        (Way::Twin, None),
        (Way::TwinMultiThread, None),
        (Way::Blocking, Some(Goal::AtLeast(1.1))),
        (Way::MultiThread, Some(Goal::AtLeast(1.0))),
        (Way::Ureq, None),
    ];
    for threads in THREADS {
        let id = format!("threads/{threads}");
        if !setup.wants(&id) {
            continue;
        }
        let contestant = |(way, goal): (Way, Option<Goal>)| {
            let contestant =
                Contestant::crowd(way.name(), threads, way.open_for(setup.backend.url("/")));
            match goal {
                Some(goal) => contestant.with_goal(goal),
                None => contestant,
            }
        };
        let plural = if threads == 1 { "" } else { "s" };
        let case = race(
            &id,
            &format!("keep-alive HTTP GET, {threads} thread{plural} with one client"),
            Unit::Rate,
            setup.pace.slower(5),
            ways.map(contestant).into(),
        );
        setup.done(case);
    }
}
