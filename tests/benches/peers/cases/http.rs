//! One thread that gets the same small page again and again, over a connection that is kept.

use super::Setup;
use crate::client::Way;
use crate::measure::{Contestant, race};
use crate::result::{Goal, Unit};

pub(super) fn measure(setup: &mut Setup) {
    if !setup.wants("http") {
        return;
    }
    let contestant = |way: Way| {
        let contestant = Contestant::lone(way.name(), way.open_for(setup.backend.url("/")));
        match goal(way) {
            Some(goal) => contestant.with_goal(goal),
            None => contestant,
        }
    };
    // Others are for callers inside a runtime.
    let is_for_all = |way: &Way| !matches!(way, Way::InPlace | Way::Beside);
    let ways = Way::ALL.into_iter().filter(is_for_all);
    let case = race(
        "http",
        "keep-alive HTTP GET over loopback, one thread",
        Unit::Time,
        setup.pace.slower(2),
        ways.map(contestant).collect(),
    );
    setup.done(case);
}

fn goal(way: Way) -> Option<Goal> {
    match way {
        Way::Blocking => Some(Goal::AtMost(0.75)),
        Way::Ureq => Some(Goal::AtMost(1.25)),
        Way::CurrentThread => Some(Goal::AtMost(1.1)),
        _ => None,
    }
}
