//! The words of a report.

use crate::calls::{Age, BlockedCall, Seen, Strategy};
use crate::context::Context;
use crate::report::Stall;
use crate::stall::reason::Reason;
use std::fmt::Write;
use std::time::Duration;

/// How many other calls a report lists.
const MAX_OTHERS: usize = 10;

/// About a call that has waited for long.
pub(crate) fn of_call(call: &Seen, all: &[Seen], reason: &Reason) -> Stall {
    let BlockedCall {
        location,
        async_fn,
        context,
        strategy,
        inside,
        ..
    } = call.call;
    let mut place = format!("thread {}, {context}", call.call.thread());
    if let Some(name) = async_fn {
        // Writing to a `String` cannot fail.
        let _ = write!(place, "; waits for the async `{name}`");
    }
    if strategy == Strategy::Isolated {
        place += "; the call runs on an isolation thread";
    }
    if let Some(outer) = inside {
        let _ = write!(place, "; inside the blocking call at {outer}");
    }
    let others = others(all, &|other| {
        other.key != call.key && !other.waiting.is_part
    });
    Stall {
        headline: format!(
            "the blocking call at {location} has waited for {}",
            Age(call.call.age)
        ),
        location: location.to_string(),
        thread: call.call.thread(),
        context: context.to_string(),
        waited: call.call.age,
        place,
        why: reason.why.clone(),
        instead: reason.instead.iter().map(|&text| text.to_owned()).collect(),
        others_title: "also blocked",
        others,
    }
}

/// About a task that holds up the home of that number, whose calls have that strategy.
pub(crate) fn of_home(
    number: usize,
    strategy: Strategy,
    all: &[Seen],
    patience: Duration,
) -> Stall {
    let driver = all.iter().find(|seen| seen.drives_home == number);
    let (place, location, context) = match driver {
        Some(seen) => (
            format!(
                "thread {}, which runs the tasks of blocking calls while it waits in the one at {}",
                seen.call.thread(),
                seen.call.location
            ),
            seen.call.location.to_string(),
            seen.call.context,
        ),
        None => (
            "thread `sync-twin-home`, which runs the tasks of blocking calls".to_owned(),
            String::new(),
            Context::Outside,
        ),
    };
    Stall {
        headline: format!(
            "a task that a blocking call has spawned has not returned to its runtime for {} or more",
            Age(patience)
        ),
        location,
        thread: driver.map_or_else(|| "`sync-twin-home`".to_owned(), |seen| seen.call.thread()),
        context: context.to_string(),
        waited: patience,
        place,
        why: "the task blocks without `.await`, as by a `std` lock, `thread::sleep`, a channel's `recv`, a joined thread, \
              or a loop that computes. All tasks and calls there wait for it"
            .to_owned(),
        instead: vec![
            "in what the async fn spawns, use tokio's locks and timers, and `sync_twin::to_thread` or `spawn_blocking` for \
             code that blocks"
                .to_owned(),
            "start such a task by `sync_twin::spawn`, or give the async fn `flavor = \"multi_thread\"`: there one task does not hold \
             up the others"
                .to_owned(),
        ],
        others_title: "held up",
        others: others(all, &|other| other.waiting.strategy == strategy),
    }
}

/// About tasks that hold the whole crew up.
pub(crate) fn of_crew(all: &[Seen], patience: Duration) -> Stall {
    Stall {
        headline: format!(
            "none of the workers that serve blocking calls has run a task for {} or more",
            Age(patience)
        ),
        location: String::new(),
        thread: "`sync-twin-crew`".to_owned(),
        context: String::new(),
        waited: patience,
        place: "threads `sync-twin-crew`, all of them".to_owned(),
        why: "each of them runs a task that blocks without `.await`, as by a `std` lock, `thread::sleep`, a channel's `recv`, \
              a joined thread, or a loop that computes"
            .to_owned(),
        instead: vec![
            "in what the async fns spawn, use tokio's locks and timers, and `sync_twin::to_thread` or `spawn_blocking` for \
             code that blocks"
                .to_owned(),
            "start such tasks by `sync_twin::spawn`, whose workers serve no calls".to_owned(),
        ],
        others_title: "held up",
        others: others(all, &|other| other.waiting.strategy == Strategy::Crew),
    }
}

/// Those of the calls that `is_listed` chooses, alike ones together, the oldest first.
fn others(all: &[Seen], is_listed: &dyn Fn(&Seen) -> bool) -> Vec<String> {
    let mut calls: Vec<&BlockedCall> = all
        .iter()
        .filter(|other| is_listed(other))
        .map(|other| &other.call)
        .collect();
    calls.sort_unstable_by_key(|call| std::cmp::Reverse(call.age));
    let mut groups: Vec<(&BlockedCall, usize)> = Vec::new();
    for call in calls {
        let alike = groups.iter_mut().find(|(first, _)| {
            first.location == call.location
                && first.context == call.context
                && first.strategy == call.strategy
        });
        match alike {
            Some((_, more)) => *more += 1,
            None => groups.push((call, 0)),
        }
    }
    let mut lines: Vec<String> = groups
        .iter()
        .take(MAX_OTHERS)
        .map(|(first, more)| match more {
            0 => first.to_string(),
            more => format!("{first}; and {more} more like it"),
        })
        .collect();
    if groups.len() > MAX_OTHERS {
        lines.push(format!(
            "calls at {} more places",
            groups.len() - MAX_OTHERS
        ));
    }
    lines
}
