//! The places from which the twins are called. Each one sends an [`Errand`] to where its name says.

use crate::Errand;
#[cfg(panic = "unwind")]
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use sync_twin::{fiber, sync_wrapper, to_fiber, to_thread};
use tokio::runtime::{Builder, Runtime};
use tokio::task::{LocalSet, spawn, spawn_blocking, spawn_local, yield_now};

pub(crate) struct Place {
    pub(crate) name: &'static str,
    pub(crate) go: fn(Errand),
}

pub(crate) const PLACES: &[Place] = &[
    Place {
        name: "plain thread",
        go: |errand| errand.run(),
    },
    Place {
        name: "multi-thread runtime: main",
        go: |errand| multi_thread().block_on(async { errand.run() }),
    },
    Place {
        name: "multi-thread runtime: task",
        go: |errand| {
            multi_thread().block_on(async { spawn(async move { errand.run() }).await.unwrap() });
        },
    },
    Place {
        name: "multi-thread runtime: spawn_blocking",
        go: |errand| {
            multi_thread().block_on(async { spawn_blocking(move || errand.run()).await.unwrap() });
        },
    },
    Place {
        name: "multi-thread runtime: LocalSet",
        go: |errand| local_task(&multi_thread(), errand),
    },
    Place {
        name: "current-thread runtime: main",
        go: |errand| current_thread().block_on(async { errand.run() }),
    },
    Place {
        name: "current-thread runtime: task",
        go: |errand| {
            current_thread().block_on(async { spawn(async move { errand.run() }).await.unwrap() });
        },
    },
    Place {
        name: "current-thread runtime: spawn_blocking",
        go: |errand| {
            current_thread()
                .block_on(async { spawn_blocking(move || errand.run()).await.unwrap() });
        },
    },
    Place {
        name: "current-thread runtime: LocalSet",
        go: |errand| local_task(&current_thread(), errand),
    },
    Place {
        name: "another executor (futures)",
        go: |errand| futures_executor::block_on(async { errand.run() }),
    },
    Place {
        name: "Drop, in a current-thread task",
        go: |errand| {
            current_thread().block_on(async {
                let task = spawn(async move { drop(RunsWhenDropped(errand)) });
                task.await.unwrap();
            });
        },
    },
    // Where panics abort, nothing unwinds.
    #[cfg(panic = "unwind")]
    Place {
        name: "Drop, in a worker that unwinds",
        go: |errand| {
            multi_thread().block_on(async {
                let task = spawn(async { unwind_through(RunsWhenDropped(errand)) });
                task.await.unwrap();
            });
        },
    },
    Place {
        name: "current-thread runtime: served code",
        go: |errand| current_thread().block_on(to_thread(move || errand.run()).serve()),
    },
    Place {
        name: "a fiber in a current-thread runtime",
        go: |errand| current_thread().block_on(fiber(move || errand.run())),
    },
    Place {
        name: "a fiber on a fiber thread",
        go: |errand| multi_thread().block_on(to_fiber(move || errand.run())),
    },
    Place {
        name: "inside another twin",
        go: nest_sync,
    },
    Place {
        name: "inside a task that a twin has spawned",
        go: nest_in_task_sync,
    },
];

fn multi_thread() -> Runtime {
    // One worker: whoever blocks it without care blocks everything.
    Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap()
}

fn current_thread() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

fn local_task(runtime: &Runtime, errand: Errand) {
    LocalSet::new().block_on(runtime, async {
        spawn_local(async move { errand.run() }).await.unwrap();
    });
}

/// Like a connection that says goodbye, or a lock in a database that has to be given back.
struct RunsWhenDropped(Errand);

impl Drop for RunsWhenDropped {
    fn drop(&mut self) {
        self.0.run();
    }
}

#[cfg(panic = "unwind")]
fn unwind_through(guard: RunsWhenDropped) {
    // Not `panic!`, which would print a message into the table.
    let unwound = catch_unwind(AssertUnwindSafe(|| {
        let _guard = guard;
        resume_unwind(Box::new("on purpose"));
    }));
    assert!(unwound.is_err());
}

#[sync_wrapper]
async fn nest(errand: Errand) {
    // So that the outer twin has had to wait before the inner ones do.
    yield_now().await;
    errand.run();
}

#[sync_wrapper]
async fn nest_in_task(errand: Errand) {
    spawn(async move { errand.run() }).await.unwrap();
}
