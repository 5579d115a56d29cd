//! Leaving a runtime while its thread waits: `block_in_place`.

use crate::fork;
use crate::hooks;
use crate::inheritance::block_signals;
use crate::runtimes::{Headcount, Remains, end};
use crate::settings::{Settings, ThreadKind};
use crate::start_once::StartOnce;
use crate::starter::Starter;
use std::any::Any;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Instant;
use tokio::runtime::{Builder, Runtime};
use tokio::task::block_in_place;

/// How many workers at a time may go on in threads of their own runtimes.
///
/// By default a runtime has 512 threads for that. If all of them are blocked in calls, nobody is left to run the tasks that
/// those calls may be waiting for.
const MAX_OWN_THREADS: usize = 128;

/// Threads in which workers of the user's runtimes go on while a call blocks their own.
pub(crate) struct ReplacementThreads {
    /// How many calls have handed their core off and wait.
    in_use: AtomicUsize,
    /// A runtime of which we use only the blocking pool.
    pool: StartOnce<ThreadPool>,
}

struct ThreadPool {
    runtime: Runtime,
    headcount: Headcount,
}

impl ReplacementThreads {
    pub(crate) const fn new() -> Self {
        ReplacementThreads {
            in_use: AtomicUsize::new(0),
            pool: StartOnce::new(),
        }
    }

    /// Hands this worker's other tasks to another thread, and runs `wait` meanwhile, which returns true at its end, or
    /// false when it has waited for some time: then it is run once more. False if that is refused, where `wait` has not
    /// ended.
    ///
    /// Otherwise a task in the worker's LIFO slot, from which no worker steals, would wait for this call.
    ///
    /// tokio takes the other thread from the pool of the *current* runtime. That is the worker's own, with its hooks and
    /// names, until very many calls wait. Then it is a pool of ours. It also is for what the own pool has had no thread
    /// for by the time that `wait` is run again: whoever leaves `block_in_place` gets back what nobody has taken up.
    pub(crate) fn hand_off_core(
        &self,
        starter: &Arc<Starter>,
        wait: &mut dyn FnMut() -> bool,
    ) -> bool {
        if fork::is_inherited_thread() {
            // Another thread would drive what is the parent's. Its tasks are no business of this process.
            return false;
        }
        struct Counted<'a>(&'a AtomicUsize);
        impl Drop for Counted<'_> {
            fn drop(&mut self) {
                self.0.fetch_sub(1, Relaxed);
            }
        }
        let counted = Counted(&self.in_use);
        let others = counted.0.fetch_add(1, Relaxed);
        let enter_pool = || {
            let settings = Arc::clone(starter.settings());
            let start = move || start_pool(settings);
            let pool = self.pool.get_or_start(starter, start).ok()?;
            Some(pool.runtime.enter())
        };
        let mut entered = (others >= MAX_OWN_THREADS).then(enter_pool).flatten();
        loop {
            let mut is_done = false;
            let is_allowed = try_block_in_place(&mut || {
                // The thread has been taken from it by now.
                drop(entered.take());
                is_done = wait();
            });
            if is_done || !is_allowed {
                return is_done;
            }
            entered = enter_pool();
        }
    }

    /// Ends them. No call may use them any more.
    pub(crate) fn end(self, deadline: Instant) -> Remains {
        match self.pool.into_inner() {
            Some(pool) => end(pool.runtime, &pool.headcount, deadline),
            None => Remains::default(),
        }
    }
}

/// Its threads run tasks of the user's, and take after the worker that has handed these over. But they are not to take the
/// program's signals.
fn start_pool(settings: Arc<Settings>) -> io::Result<ThreadPool> {
    const KIND: ThreadKind = ThreadKind::Worker;
    let threads = settings.thread(KIND);
    let headcount = Headcount::default();
    let (came, went) = (headcount.clone(), headcount.clone());
    let at_start = Arc::clone(&settings);
    let mut builder = Builder::new_current_thread();
    if let Some(size) = threads.stack_size {
        builder.thread_stack_size(size);
    }
    let runtime = builder
        .thread_name(threads.name)
        .max_blocking_threads(settings.max_blocking_threads)
        .thread_keep_alive(settings.keep_alive(KIND))
        .on_thread_start(move || {
            came.count_in();
            if at_start.block_signals {
                let _ = block_signals();
            }
            hooks::started(&at_start, KIND);
        })
        .on_thread_stop(move || {
            hooks::stops(&settings, KIND);
            went.count_out();
        })
        .build()?;
    Ok(ThreadPool { runtime, headcount })
}

/// Runs `code` in [`block_in_place`]. Returns false, without having run it, if tokio refuses.
///
/// This is the one thing that we have to try, since no public API tells beforehand. tokio refuses in three situations, all
/// rare: in a task of a current-thread runtime under the `enter()` guard of a multi-thread one; in a `LocalSet` that user
/// code inside a call runs by `Handle::block_on`; and on a worker for which no other thread can be started. The panic hook
/// sees tokio's panic, and with `panic = "abort"` the process aborts. Every other panic goes on.
pub(crate) fn try_block_in_place(code: &mut dyn FnMut()) -> bool {
    let mut has_begun = false;
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        block_in_place(|| {
            has_begun = true;
            code();
        });
    }));
    match outcome {
        Ok(()) => true,
        Err(panic) if !has_begun && is_refusal(&*panic) => false,
        Err(panic) => resume_unwind(panic),
    }
}

fn is_refusal(panic: &(dyn Any + Send)) -> bool {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    text.is_some_and(|text| {
        text.contains("only when running on the multi-threaded runtime")
            // The worker's tasks then wait until this thread comes back.
            || text.contains("OS can't spawn worker thread")
    })
}
