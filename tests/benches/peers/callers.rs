//! Many callers, each of which makes calls by itself: on threads of their own, or inside runtimes.

use crate::client::{current_thread, two_workers};
use crate::measure::Contestant;
use crate::turn::Turn;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;
use tokio::runtime::Runtime;
use tokio::task::block_in_place;

/// Who calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Callers {
    /// Plain threads.
    Threads,
    /// Tasks of one multi-thread runtime, which has two workers.
    Tasks,
    /// The main futures of current-thread runtimes.
    Drivers,
}

impl Callers {
    pub(crate) const ALL: [Callers; 3] = [Callers::Threads, Callers::Tasks, Callers::Drivers];

    /// How they are called on a command line.
    pub(crate) fn key(self) -> &'static str {
        match self {
            Callers::Threads => "threads",
            Callers::Tasks => "tasks",
            Callers::Drivers => "drivers",
        }
    }
}

/// Callers that wait for their next turn.
pub(crate) struct Regulars {
    turns: Vec<Sender<Arc<Turn>>>,
    /// That of the tasks.
    _runtime: Option<Runtime>,
}

impl Regulars {
    pub(crate) fn start<C: FnMut() + 'static>(
        kind: Callers,
        count: usize,
        open: impl Fn() -> C + Send + Sync + 'static,
    ) -> Self {
        let open = Arc::new(open);
        let runtime = (kind == Callers::Tasks).then(two_workers);
        let start = |_| {
            let (sender, turns) = channel::<Arc<Turn>>();
            let open = Arc::clone(&open);
            match &runtime {
                Some(runtime) => drop(runtime.spawn(async move {
                    let rest = |wait: &mut dyn FnMut()| block_in_place(wait);
                    regular(turns, open(), rest);
                })),
                None if kind == Callers::Drivers => drop(thread::spawn(move || {
                    let call = open();
                    current_thread().block_on(async { regular(turns, call, |wait| wait()) });
                })),
                None => drop(thread::spawn(move || regular(turns, open(), |wait| wait()))),
            }
            sender
        };
        Regulars {
            turns: (0..count).map(start).collect(),
            _runtime: runtime,
        }
    }

    /// How many calls they make in about that time, and in what time exactly.
    pub(crate) fn run(&self, time: Duration) -> (f64, Duration) {
        let turn = Arc::new(Turn::new(self.turns.len()));
        for caller in &self.turns {
            caller.send(Arc::clone(&turn)).expect("it waits for that");
        }
        turn.time(time)
    }
}

fn regular(turns: Receiver<Arc<Turn>>, mut call: impl FnMut(), rest: impl Fn(&mut dyn FnMut())) {
    loop {
        let mut turn = None;
        rest(&mut || turn = turns.recv().ok());
        match turn {
            Some(turn) => turn.play(&mut call, &rest),
            None => return,
        }
    }
}

impl Contestant<'_> {
    /// So many threads that live as long as the race, and open what they call by themselves.
    pub(crate) fn regulars<C: FnMut() + 'static>(
        name: &str,
        threads: usize,
        open: impl Fn() -> C + Send + Sync + 'static,
    ) -> Self {
        let regulars = Regulars::start(Callers::Threads, threads, open);
        Self::of_turns(name, move |time| {
            let (calls, time) = regulars.run(time);
            time.as_secs_f64() / calls
        })
    }
}
