//! Runtimes of the user's own that are lent to a call and that nobody drives, or that the call itself has stopped.

use crate::child::Child;
use crate::echo;
use futures::StreamExt as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::{Arc, LazyLock};
use sync_twin::{batch, block_on, iter, spawn, sync_wrapper, to_thread};
use sync_twin_tests::harness::deadline::within_deadline;
use sync_twin_tests::harness::places::{PLACES, Place};
use sync_twin_tests::harness::runtimes::{current_thread, kept, local, workers};
use tokio::runtime::{Handle, Id, LocalRuntime, Runtime};

/// What the call is to find: its runtime, with tasks, timers and sockets that work.
async fn work() -> Id {
    let task = tokio::spawn(echo::double(21));
    assert_eq!(task.await.unwrap(), 42);
    assert_eq!(echo::double(21).await, 42);
    Handle::current().id()
}

/// A client with a runtime of its own, as many have it.
struct Owner<R> {
    runtime: R,
}

#[sync_wrapper(runtime = self.runtime)]
impl Owner<Runtime> {
    async fn by_value(&self) -> Id {
        work().await
    }
}

#[sync_wrapper(runtime = self.runtime)]
impl Owner<LocalRuntime> {
    async fn by_local_value(&self) -> Id {
        work().await
    }
}

#[sync_wrapper(runtime = self.runtime)]
impl Owner<Arc<Runtime>> {
    async fn by_arc(&self) -> Id {
        work().await
    }
}

#[sync_wrapper(runtime = self.runtime)]
impl Owner<Rc<LocalRuntime>> {
    async fn by_rc(&self) -> Id {
        work().await
    }
}

#[sync_wrapper(runtime = self.runtime)]
impl Owner<Box<Runtime>> {
    async fn by_box(&self) -> Id {
        work().await
    }
}

#[sync_wrapper(runtime = self.runtime)]
impl Owner<&Runtime> {
    async fn by_reference(&self) -> Id {
        work().await
    }
}

static OWN: LazyLock<Runtime> = LazyLock::new(current_thread);

#[sync_wrapper(runtime = OWN)]
async fn by_static() -> Id {
    work().await
}

/// Makes the call in each place in which some thread may drive for it: the calling one, if need be after it has handed
/// its worker over, or the isolation thread that runs the call.
fn in_each<R: Send + Sync + 'static>(new: fn() -> R, call: fn(&Owner<R>) -> Id, id: fn(&R) -> Id) {
    for place in PLACES {
        within_deadline(&format!("{place:?}"), move || {
            // Not dropped in there, which tokio forbids.
            let owner = Arc::new(Owner { runtime: new() });
            let lent = Arc::clone(&owner);
            assert_eq!(place.run(move || call(&lent)), id(&owner.runtime));
        });
    }
}

/// `Handle::block_on` waits for ever at the first timer, `Runtime::block_on` panics where a scheduler is at work.
#[test]
fn a_runtime_that_nobody_drives_is_driven_by_its_call() {
    in_each(current_thread, Owner::by_value_sync, |runtime| {
        runtime.handle().id()
    });
}

/// As above.
#[test]
fn a_runtime_behind_a_pointer_that_nobody_drives_is_driven_by_its_call() {
    in_each(
        || Arc::new(current_thread()),
        Owner::by_arc_sync,
        |runtime| runtime.handle().id(),
    );
    in_each(
        || Box::new(current_thread()),
        Owner::by_box_sync,
        |runtime| runtime.handle().id(),
    );
    in_each(
        || kept(current_thread()),
        Owner::by_reference_sync,
        |runtime| runtime.handle().id(),
    );
}

/// As above.
#[test]
fn a_static_runtime_that_nobody_drives_is_driven_by_its_call() {
    for place in PLACES {
        within_deadline(&format!("{place:?}"), move || {
            assert_eq!(place.run(by_static_sync), OWN.handle().id());
        });
    }
}

/// Such a runtime stays on its thread, which has to be one that may drive it.
#[test]
fn a_local_runtime_that_nobody_drives_is_driven_by_its_call() {
    for place in [
        Place::Plain,
        Place::BlockingThread,
        Place::Guard,
        Place::BlockingThreadBesideDriver,
    ] {
        within_deadline(&format!("{place:?}"), move || {
            place.run(|| {
                let owner = Owner { runtime: local() };
                assert_eq!(owner.by_local_value_sync(), owner.runtime.handle().id());
                let owner = Owner {
                    runtime: Rc::new(owner.runtime),
                };
                assert_eq!(owner.by_rc_sync(), owner.runtime.handle().id());
            });
        });
    }
}

/// The first that waits drives for the others, and hands that on when it has finished.
#[test]
fn many_threads_that_share_a_runtime_that_nobody_drives() {
    within_deadline("8 threads", || {
        let owner = Owner {
            runtime: Arc::new(current_thread()),
        };
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..5 {
                        assert_eq!(owner.by_arc_sync(), owner.runtime.handle().id());
                    }
                });
            }
        });
    });
}

#[sync_wrapper(runtime = handle)]
async fn by_handle(handle: &Handle) -> Id {
    let _ = handle;
    work().await
}

/// It cannot be driven by its handle: `Handle::block_on` hangs silently.
#[test]
fn a_handle_whose_runtime_nobody_drives_is_reported() {
    let line = line!() + 5;
    Child::new("lent::a_handle_whose_runtime_nobody_drives_is_reported").reports(
        &format!("independence/lent.rs:{line}"),
        || {
            let runtime = current_thread();
            by_handle_sync(runtime.handle());
        },
    );
}

#[sync_wrapper(isolation = "always")]
async fn by_handle_isolated(handle: &Handle) -> Id {
    by_handle_sync(handle)
}

#[sync_wrapper]
async fn by_handle_below(handle: &Handle) -> Id {
    by_handle_isolated_sync(handle)
}

struct CallsWhenDropped(Handle);

impl Drop for CallsWhenDropped {
    fn drop(&mut self) {
        by_handle_sync(&self.0);
    }
}

struct Caller;

#[sync_wrapper(type = BlockingCaller)]
impl Caller {
    pub(crate) fn new(handle: &Handle) -> Self {
        by_handle_sync(handle);
        Caller
    }

    pub(crate) async fn call(&self) {}
}

type Layer = (&'static str, fn(&Handle));

/// The ways to a call in `handle`'s runtime, through layers that run it on this thread or on others.
const LAYERS: [Layer; 10] = [
    ("none", |handle| {
        by_handle_sync(handle);
    }),
    ("block_on", |handle| {
        block_on(async { by_handle_sync(handle) });
    }),
    ("an isolated call", |handle| {
        by_handle_isolated_sync(handle);
    }),
    ("iter", |handle| {
        let handle = handle.clone();
        let numbers = futures::stream::once(async move { by_handle_sync(&handle) });
        assert_eq!(iter(numbers).count(), 1);
    }),
    ("the drop of an iter", |handle| {
        let guard = CallsWhenDropped(handle.clone());
        let mut numbers = iter(futures::stream::iter(0..2).map(move |n| (n, &guard).0));
        assert_eq!(numbers.next(), Some(0));
    }),
    ("a blocking type", |handle| {
        BlockingCaller::new(handle).call();
    }),
    ("two calls", |handle| {
        by_handle_below_sync(handle);
    }),
    ("batch", |handle| {
        batch([async { by_handle_sync(handle) }]).run();
    }),
    ("to_thread", |handle| {
        let handle = handle.clone();
        block_on(to_thread(move || by_handle_sync(&handle)));
    }),
    ("to_thread in an isolated call", |handle| {
        #[sync_wrapper(isolation = "always")]
        async fn isolated(handle: Handle) {
            to_thread(move || by_handle_sync(&handle)).await;
        }
        isolated_sync(handle.clone());
    }),
];

/// It would wait for itself. `Handle::block_on` panics on that thread, and hangs on others that it waits for.
#[test]
fn the_very_runtime_that_the_calling_thread_drives_is_refused() {
    for place in [
        Place::Driver,
        Place::DriverTask,
        Place::LocalTask,
        Place::LocalRuntime,
    ] {
        for (name, call) in LAYERS {
            within_deadline(&format!("{place:?}, {name}"), move || {
                let message = place.run(move || {
                    let handle = Handle::current();
                    let panic = catch_unwind(AssertUnwindSafe(|| call(&handle))).unwrap_err();
                    panic
                        .downcast_ref::<&str>()
                        .map(|message| (*message).to_owned())
                        .or_else(|| panic.downcast_ref::<String>().cloned())
                        .unwrap()
                });
                assert!(message.contains("driving"), "{message}");
            });
        }
    }
}

/// By the runtime itself, which the call would otherwise drive.
#[test]
fn a_runtime_that_its_owners_thread_drives_is_refused() {
    within_deadline("by reference", || {
        let owner = Arc::new(Owner {
            runtime: Arc::new(current_thread()),
        });
        let lent = Arc::clone(&owner);
        let message = owner.runtime.block_on(async move {
            let panic = catch_unwind(AssertUnwindSafe(|| lent.by_arc_sync())).unwrap_err();
            *panic.downcast::<&str>().unwrap()
        });
        assert!(message.contains("driving"), "{message}");
    });
}

/// A task of `spawn` is no part of the call that joins it, so it is not refused: it is reported.
#[test]
fn a_task_that_calls_in_the_runtime_that_its_joiner_drives_is_reported() {
    Child::new("lent::a_task_that_calls_in_the_runtime_that_its_joiner_drives_is_reported")
        .reports("independence/lent.rs", || {
            current_thread().block_on(async {
                let handle = Handle::current();
                spawn(async move { by_handle_sync(&handle) }).join();
            });
        });
}

/// The same layers, where there is nothing to refuse.
#[test]
fn a_runtime_that_others_drive_is_not_refused() {
    for (name, call) in LAYERS {
        for place in PLACES {
            within_deadline(&format!("{place:?}, {name}"), move || {
                let runtime = workers(1);
                let handle = runtime.handle().clone();
                place.run(move || call(&handle));
            });
        }
    }
}
