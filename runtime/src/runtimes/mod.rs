//! sync-twin's own runtimes, and how a thread leaves a runtime of the user's.

pub(crate) mod background;
pub(crate) mod block_in_place;
pub(crate) mod crew;
#[cfg(feature = "fiber")]
pub(crate) mod fiber_stacks;
#[cfg(feature = "fiber")]
pub(crate) mod fiber_threads;
pub(crate) mod home;

use crate::hooks;
use crate::settings::ThreadKind;
use crate::starter::Starter;
use std::io;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};
use tokio::runtime::{Builder, Runtime};

/// How often we look whether threads have left.
const LOOK: Duration = Duration::from_micros(200);

/// Counts the threads of one runtime: workers and blocking threads.
///
/// The hooks hold it, which tokio keeps for as long as anything holds the runtime: a socket, a task's handle.
#[derive(Clone, Default)]
pub(crate) struct Headcount(Arc<AtomicUsize>);

impl Headcount {
    /// A thread begins.
    fn count_in(&self) {
        self.0.fetch_add(1, Relaxed);
    }

    /// A thread ends.
    fn count_out(&self) {
        self.0.fetch_sub(1, Relaxed);
    }

    fn threads(&self) -> usize {
        self.0.load(Relaxed)
    }

    fn is_held(&self) -> bool {
        Arc::strong_count(&self.0) > 1
    }
}

/// What all runtimes of ours have in common. `on_stop` is to be run when a thread ends.
fn configure(
    builder: &mut Builder,
    kind: ThreadKind,
    starter: &Arc<Starter>,
    headcount: &Headcount,
    on_stop: impl Fn() + Send + Sync + 'static,
) {
    let settings = Arc::clone(starter.settings());
    let threads = settings.thread(kind);
    let starter = Arc::clone(starter);
    let (came, went) = (headcount.clone(), headcount.clone());
    builder
        .thread_name(threads.name)
        .max_blocking_threads(settings.max_blocking_threads)
        .thread_keep_alive(settings.keep_alive(kind))
        .on_thread_start(move || {
            came.count_in();
            starter.adopt(kind);
        })
        .on_thread_stop(move || {
            hooks::stops(&settings, kind);
            on_stop();
            went.count_out();
        })
        .enable_all();
    if let Some(size) = threads.stack_size {
        builder.thread_stack_size(size);
    }
}

/// What is left of runtimes that have been ended.
#[derive(Clone, Copy, Default)]
pub(crate) struct Remains {
    /// Threads that are inside code of the user's.
    pub(crate) threads: usize,
    /// Runtimes that something of the user's still holds, with their descriptors.
    pub(crate) held: usize,
}

impl Remains {
    pub(crate) fn add(&mut self, other: Remains) {
        self.threads += other.threads;
        self.held += other.held;
    }
}

/// What is shared with threads that are leaving, once they have left.
fn into_only<T>(mut shared: Arc<T>, deadline: Instant) -> Result<T, Arc<T>> {
    loop {
        shared = match Arc::try_unwrap(shared) {
            Ok(only) => return Ok(only),
            Err(shared) if Instant::now() >= deadline => return Err(shared),
            Err(shared) => shared,
        };
        thread::sleep(LOOK);
    }
}

/// Ends a runtime, and its threads by `deadline` if they are not held up.
fn end(runtime: Runtime, headcount: &Headcount, deadline: Instant) -> Remains {
    // Its tasks are dropped here, and may do anything.
    runtime.shutdown_timeout(deadline.saturating_duration_since(Instant::now()));
    Remains {
        threads: headcount.threads(),
        held: usize::from(headcount.is_held()),
    }
}

/// Fails if `workers` threads cannot be started now.
///
/// When tokio's builder can start some workers and not all, it waits for those that it has started, for ever.
fn check_threads(workers: usize) -> io::Result<()> {
    let gate = Mutex::new(());
    let pass = || drop(gate.lock().unwrap_or_else(PoisonError::into_inner));
    thread::scope(|scope| {
        // None ends before the last one has been started.
        let _closed = gate.lock().unwrap_or_else(PoisonError::into_inner);
        for _ in 0..workers {
            thread::Builder::new().spawn_scoped(scope, pass)?;
        }
        Ok(())
    })
}
