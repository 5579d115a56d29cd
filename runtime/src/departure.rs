//! How sync-twin leaves a process that goes on.
//!
//! ```text
//!   drain       new calls still go to what is there; wait until its tasks have ended
//!   retire      new calls begin afresh; wait until the last call has left what was there
//!   end         drop its runtimes, on a thread of ours, and wait for its threads
//! ```
//!
//! What tasks hold is dropped at the end, and may make calls: these begin afresh, so another round follows.

use crate::context::{home_driven_here, is_inside_call};
use crate::oneshot;
use crate::process::{Leaving, Process, lock_leaving, retire, started};
use crate::runtimes::Remains;
use crate::starter::is_own_thread;
use std::fmt;
use std::mem;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// How long threads may take to end once they have been told, whatever the limit. They take a millisecond, unless code of
/// the user's holds them up.
const MIN_END: Duration = Duration::from_secs(1);

/// The pauses between two looks at what is still at work.
const MIN_PAUSE: Duration = Duration::from_micros(50);
const MAX_PAUSE: Duration = Duration::from_millis(5);

/// A limit that the clock cannot express: a hundred years.
const FOR_EVER: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);

/// How many times what is dropped at the end may start us again.
const MAX_ROUNDS: usize = 8;

/// Ends sync-twin in this process: its background tasks, its threads and its descriptors. Later calls start afresh.
///
/// You need not call this before a process ends. It is for a program that goes on without us, such as the host of a plugin
/// that is unloaded, and for a "clean up at exit": it waits until all tasks on sync-twin's runtimes have completed, those
/// included that a `Drop` has spawned.
///
/// ```
/// use std::time::Duration;
///
/// drop(sync_twin::spawn(async { /* says goodbye to a server */ }));
/// let leftovers = sync_twin::shutdown(Duration::from_secs(5));
/// assert!(leftovers.is_empty(), "{leftovers}");
/// ```
///
/// It waits up to `limit` for tasks and for calls of other threads. Tasks that have not completed by then are cancelled, and
/// dropped on a thread of sync-twin's own. A connection pool's tasks look like all others and end only with the pool: drop
/// it first, or the limit passes. After the limit, threads have another second to end.
///
/// What it cannot end it leaves, and the [`Leftovers`] say what that is. A call that has not returned keeps the runtime that it lives on, whose other
/// tasks go on as well: end the call, and shut down again. A blocking closure that does not return keeps its thread. A socket
/// or a task handle that the program still holds keeps a runtime's descriptors until it is dropped, and does not work any
/// more.
///
/// # Where it may be called
///
/// - On any thread of the program, also in `atexit`. Another `shutdown` at the same time waits for the first, and then
///   finds nothing.
/// - Inside a call, or in code that sync-twin runs ([`spawn`](crate::spawn()), [`to_thread`](crate::to_thread())), it does
///   nothing, since it would wait for itself, and [says so](Leftovers::inside_call).
/// - In a task it blocks the thread, as any wait does.
///
/// A thread that has made calls keeps a few hundred bytes until it ends. The handler that notices forks stays for as long
/// as the code is loaded.
pub fn shutdown(limit: Duration) -> Leftovers {
    let mut leftovers = Leftovers::default();
    if is_inside_call() || home_driven_here().is_some() || is_own_thread() {
        leftovers.inside_call = true;
        return leftovers;
    }
    let mut leaving = lock_leaving();
    let now = Instant::now();
    let deadline = now.checked_add(limit).unwrap_or(now + FOR_EVER);
    for _ in 0..MAX_ROUNDS {
        if let Some(process) = started() {
            wait_while(|| process.alive_tasks() > 0, deadline);
            leftovers.tasks += process.alive_tasks();
            drop(process);
            leaving.extend(retire());
        }
        if leaving.is_empty() {
            break;
        }
        end_all(&mut leaving, deadline, &mut leftovers);
        if !leaving.is_empty() {
            break;
        }
    }
    leftovers
}

/// Ends those that no call is in any more.
fn end_all(leaving: &mut Leaving, deadline: Instant, leftovers: &mut Leftovers) {
    leftovers.calls = 0;
    for process in mem::take(leaving) {
        wait_while(|| Arc::strong_count(&process) > 1, deadline);
        match Arc::try_unwrap(process) {
            Ok(process) => match end(process, deadline) {
                Ok(remains) => leftovers.add(remains),
                Err(process) => {
                    leftovers.threads += 1;
                    leaving.push(Arc::new(*process));
                }
            },
            Err(process) => {
                leftovers.calls += Arc::strong_count(&process) - 1;
                leaving.push(process);
            }
        }
    }
}

/// Drops what it has, and waits for its threads. Returns it if no thread can be started for that.
fn end(process: Process, deadline: Instant) -> Result<Remains, Box<Process>> {
    let soon = || Instant::now() + MIN_END;
    let deadline = deadline.max(soon());
    let starter = Arc::clone(&process.starter);
    let process = Arc::new(Mutex::new(Some(process)));
    let take = {
        let process = Arc::clone(&process);
        move || {
            process
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .take()
        }
    };
    let (sender, remains) = oneshot::channel();
    let started = starter.start(starter.settings().own_thread("shutdown"), {
        let take = take.clone();
        move || {
            let remains = take().map(|process| process.end(deadline));
            sender.send(remains.unwrap_or_default());
        }
    });
    if started.is_err() {
        if let Some(process) = take() {
            return Err(Box::new(process));
        }
    }
    // What is dropped there may do anything, and take its time.
    let remains = remains.recv_timeout(deadline - Instant::now() + MIN_END);
    starter.end(soon());
    Ok(remains.unwrap_or(Remains {
        threads: 1,
        held: 1,
    }))
}

fn wait_while(is_busy: impl Fn() -> bool, deadline: Instant) {
    let mut pause = MIN_PAUSE;
    while is_busy() && Instant::now() < deadline {
        thread::sleep(pause);
        pause = MAX_PAUSE.min(pause * 2);
    }
}

/// What a [`shutdown`] has not been able to end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Leftovers {
    inside_call: bool,
    calls: usize,
    tasks: usize,
    threads: usize,
    objects: usize,
}

impl Leftovers {
    fn add(&mut self, remains: Remains) {
        self.threads += remains.threads;
        self.objects += remains.held;
    }

    /// Whether nothing is left: all tasks have completed, and all threads and descriptors are gone.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Leftovers::default()
    }

    /// Whether it was asked for inside a call, where it does nothing.
    #[must_use]
    pub fn inside_call(&self) -> bool {
        self.inside_call
    }

    /// How many calls of other threads had not returned. Nothing of what they live on has been ended.
    #[must_use]
    pub fn calls(&self) -> usize {
        self.calls
    }

    /// How many tasks had not completed, and have been cancelled unless calls are left.
    #[must_use]
    pub fn tasks(&self) -> usize {
        self.tasks
    }

    /// How many threads are inside code that does not return: a blocking closure, or a task that blocks.
    #[must_use]
    pub fn threads(&self) -> usize {
        self.threads
    }

    /// How many runtimes keep their descriptors, because the program holds something that belongs to them: a socket, a
    /// connection pool, the handle of a task.
    #[must_use]
    pub fn held_runtimes(&self) -> usize {
        self.objects
    }
}

impl fmt::Display for Leftovers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.inside_call {
            return f.pad("nothing was shut down, since that was asked for inside a blocking call");
        }
        let counts = [
            (self.calls, "blocking calls that have not returned"),
            (self.tasks, "tasks that had not completed"),
            (self.threads, "threads inside code that does not return"),
            (
                self.objects,
                "runtimes with sockets or handles that the program still holds",
            ),
        ];
        let left: Vec<String> = counts
            .into_iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, what)| format!("{what}: {count}"))
            .collect();
        match left.is_empty() {
            true => f.pad("nothing is left"),
            false => f.pad(&left.join(", ")),
        }
    }
}
