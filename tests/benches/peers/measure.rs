//! Contestants take turns, in short rounds within one run: what else the machine does meanwhile then hits all of them
//! alike, and the ratio of two turns of the same round says more than that of two figures taken minutes apart.

use crate::result::{Case, Goal, Row, Spread, Unit};
use crate::turn::Turn;
use std::thread;
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;

/// How long a race takes.
#[derive(Clone, Copy)]
pub(crate) struct Pace {
    pub(crate) rounds: usize,
    pub(crate) turn: Duration,
}

impl Pace {
    /// The same number of rounds, of longer turns.
    pub(crate) fn slower(self, times: u32) -> Self {
        Pace {
            turn: self.turn * times,
            ..self
        }
    }
}

/// Somebody who, given the time of a turn, makes calls and says how long one took, in seconds.
pub(crate) struct Contestant<'a> {
    name: String,
    turn: Box<dyn FnMut(Duration) -> f64 + 'a>,
    goal: Option<Goal>,
}

impl<'a> Contestant<'a> {
    /// The turn makes its calls by itself.
    pub(crate) fn of_turns(name: &str, turn: impl FnMut(Duration) -> f64 + 'a) -> Self {
        Contestant {
            name: name.to_owned(),
            turn: Box::new(turn),
            goal: None,
        }
    }

    /// One thread, this one, that calls in a loop.
    pub(crate) fn lone(name: &str, mut call: impl FnMut() + 'a) -> Self {
        let mut laps = Laps::new();
        Self::of_turns(name, move |time| laps.run(time, &mut call))
    }

    /// The main future of that runtime, which blocks in a loop.
    pub(crate) fn in_main_future(
        name: &str,
        runtime: &'a Runtime,
        mut call: impl FnMut() + 'a,
    ) -> Self {
        let mut laps = Laps::new();
        Self::of_turns(name, move |time| {
            runtime.block_on(async { laps.run(time, &mut call) })
        })
    }

    /// So many threads that call in a loop all at once. The time of a call is then that of all threads together: what
    /// two threads get done in parallel takes half the time.
    pub(crate) fn crowd(name: &str, threads: usize, call: impl Fn() + Sync + 'a) -> Self {
        Self::of_turns(name, move |time| crowd(time, &mut vec![&call; threads]))
    }

    pub(crate) fn with_goal(mut self, goal: Goal) -> Self {
        self.goal = Some(goal);
        self
    }
}

/// A loop of calls, as many as fit in a turn. The clock is read only before and after.
struct Laps {
    calls: u64,
}

impl Laps {
    fn new() -> Self {
        Laps { calls: 1 }
    }

    fn run(&mut self, turn: Duration, mut call: impl FnMut()) -> f64 {
        loop {
            let start = Instant::now();
            for _ in 0..self.calls {
                call();
            }
            let time = start.elapsed();
            let calls = self.calls;
            let next = calls as f64 * turn.div_duration_f64(time.max(Duration::from_nanos(50)));
            // Grows slowly, since the first calls take longer than all others.
            self.calls = (next as u64).clamp(1, calls * 8);
            if time >= turn / 2 {
                return time.as_secs_f64() / calls as f64;
            }
        }
    }
}

fn crowd(time: Duration, callers: &mut [impl FnMut() + Send]) -> f64 {
    let turn = Turn::new(callers.len());
    thread::scope(|scope| {
        for call in callers {
            scope.spawn(|| turn.play(call, |wait| wait()));
        }
        let (calls, time) = turn.time(time);
        time.as_secs_f64() / calls
    })
}

/// Lets the contestants, the first of which is the twin, take turns. Each round starts with another one.
pub(crate) fn race(
    id: &str,
    title: &str,
    unit: Unit,
    pace: Pace,
    mut contestants: Vec<Contestant<'_>>,
) -> Case {
    for contestant in &mut contestants {
        (contestant.turn)(pace.turn);
    }
    let mut values = vec![Vec::with_capacity(pace.rounds); contestants.len()];
    for round in 0..pace.rounds {
        for turn in 0..contestants.len() {
            let who = (round + turn) % contestants.len();
            let time = (contestants[who].turn)(pace.turn);
            values[who].push(match unit {
                Unit::Rate => 1.0 / time,
                _ => time,
            });
        }
    }
    let ratios = |theirs: &[f64]| {
        let pairs = values[0].iter().zip(theirs);
        Spread::of(pairs.map(|(ours, theirs)| ours / theirs).collect())
    };
    let rows = contestants
        .into_iter()
        .zip(&values)
        .enumerate()
        .map(|(n, (contestant, theirs))| Row {
            name: contestant.name,
            value: Spread::of(theirs.clone()),
            ratio: (n > 0).then(|| ratios(theirs)),
            goal: contestant.goal,
        })
        .collect();
    Case {
        id: id.to_owned(),
        title: title.to_owned(),
        unit,
        rows,
    }
}
