//! `runtime = expr`: the future runs in the context of that runtime.

use crate::places::{current_thread, in_every_place, kept, multi_thread};
use futures_util::stream::{self, Stream, StreamExt as _};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, LazyLock};
use std::time::Duration;
use sync_twin::sync_wrapper;
use sync_twin_tests::harness::deadline::within_deadline;
use tokio::runtime::{Builder, Handle, Id, Runtime};

#[sync_wrapper(runtime = _handle)]
pub async fn by_handle(_handle: Handle) -> Id {
    crate::pause().await;
    Handle::current().id()
}

#[sync_wrapper(runtime = handle)]
pub async fn by_reference(handle: &Handle) -> (Id, Id) {
    crate::pause().await;
    // A task and a timer there.
    let task = tokio::spawn(async {
        tokio::time::sleep(Duration::from_millis(1)).await;
        Handle::current().id()
    });
    (task.await.unwrap(), handle.id())
}

#[sync_wrapper(runtime = runtime)]
pub async fn by_runtime(runtime: &Runtime) -> (Id, Id) {
    (Handle::current().id(), runtime.handle().id())
}

static RUNTIME: LazyLock<Runtime> = LazyLock::new(multi_thread);

#[sync_wrapper(runtime = RUNTIME)]
pub async fn by_static() -> Id {
    crate::pause().await;
    Handle::current().id()
}

#[sync_wrapper(runtime = RUNTIME)]
pub fn items_by_static() -> impl Stream<Item = Id> {
    stream::iter(0..2).map(|_| Handle::current().id())
}

#[sync_wrapper(runtime = (**runtime).handle().clone(), isolation = "never")]
pub async fn by_temporary_handle(runtime: &Arc<Runtime>) -> Id {
    let _ = runtime;
    Handle::current().id()
}

pub struct Client {
    handle: Handle,
    runtimes: Vec<Arc<Runtime>>,
}

#[sync_wrapper(runtime = self.handle)]
impl Client {
    pub async fn own(&self) -> Id {
        crate::pause().await;
        Handle::current().id()
    }

    pub async fn changing(&mut self, other: Handle) -> Id {
        crate::pause().await;
        self.handle = other;
        Handle::current().id()
    }

    #[sync_wrapper(runtime = self.runtimes[index])]
    pub async fn nth(&self, index: usize) -> Id {
        let _ = index;
        Handle::current().id()
    }

    #[sync_wrapper]
    pub fn later(&self) -> impl Future<Output = Id> {
        // The fn itself runs there, not only its future.
        let made = Handle::current().id();
        async move {
            assert_eq!(made, Handle::current().id());
            made
        }
    }
}

#[test]
fn of_every_kind() {
    in_every_place(|| {
        let runtime = kept(multi_thread());
        let id = runtime.handle().id();
        assert_eq!(by_handle_sync(runtime.handle().clone()), id);
        assert_eq!(by_reference_sync(runtime.handle()), (id, id));
        assert_eq!(by_runtime_sync(runtime), (id, id));
        let id = RUNTIME.handle().id();
        assert_eq!(by_static_sync(), id);
        assert!(items_by_static_sync().all(|there| there == id));
        let shared = kept(Arc::new(multi_thread()));
        assert_eq!(by_temporary_handle_sync(shared), shared.handle().id());
    });
}

#[test]
fn of_a_field() {
    let (first, second) = (multi_thread(), Arc::new(multi_thread()));
    let mut client = Client {
        handle: first.handle().clone(),
        runtimes: vec![second.clone()],
    };
    assert_eq!(client.own_sync(), first.handle().id());
    assert_eq!(client.nth_sync(0), second.handle().id());
    assert_eq!(client.later_sync(), first.handle().id());
    assert_eq!(
        client.changing_sync(second.handle().clone()),
        first.handle().id()
    );
    assert_eq!(client.own_sync(), second.handle().id());
}

#[test]
fn a_current_thread_runtime_that_another_thread_drives() {
    within_deadline("another thread drives", || {
        let (sender, receiver) = std::sync::mpsc::channel();
        let driver = std::thread::spawn(move || {
            let (stop, stopped) = tokio::sync::oneshot::channel();
            let runtime = current_thread();
            sender.send((runtime.handle().clone(), stop)).unwrap();
            runtime.block_on(stopped).unwrap();
        });
        let (handle, stop) = receiver.recv().unwrap();
        assert_eq!(by_reference_sync(&handle), (handle.id(), handle.id()));
        // Also on a thread that drives yet another one.
        current_thread().block_on(async {
            assert_eq!(by_reference_sync(&handle), (handle.id(), handle.id()));
        });
        stop.send(()).unwrap();
        driver.join().unwrap();
    });
}

#[test]
fn the_very_runtime_that_this_thread_drives() {
    within_deadline("the very runtime", || {
        let runtime = current_thread();
        let message = runtime.block_on(async {
            let call = AssertUnwindSafe(|| by_reference_sync(runtime.handle()));
            let panic = catch_unwind(call).unwrap_err();
            panic
                .downcast_ref::<&str>()
                .map(|text| (*text).to_owned())
                .or_else(|| panic.downcast_ref::<String>().cloned())
                .unwrap()
        });
        assert!(
            message.contains("current-thread runtime that its own thread is driving"),
            "{message}"
        );
    });
}

#[test]
fn a_worker_of_the_very_runtime() {
    within_deadline("worker", || {
        let runtime = multi_thread();
        let handle = runtime.handle().clone();
        let ids = runtime.block_on(async {
            tokio::spawn(async move { by_reference_sync(&handle) })
                .await
                .unwrap()
        });
        assert_eq!(ids, (runtime.handle().id(), runtime.handle().id()));
    });
}

#[sync_wrapper(runtime = handle)]
pub fn items(handle: &Handle) -> impl Stream<Item = u8> + use<> {
    let _ = handle;
    stream::iter([1, 2]).then(async |n| {
        tokio::time::sleep(Duration::from_millis(1)).await;
        n
    })
}

/// Every `next` is a call, which nobody would be left to serve.
#[test]
fn items_on_the_thread_that_drives_their_runtime() {
    within_deadline("items", || {
        let runtime = current_thread();
        let mut items = items_sync(runtime.handle());
        let next = AssertUnwindSafe(|| runtime.block_on(async { items.next() }));
        assert!(catch_unwind(next).is_err());
    });
}

/// A call that takes its runtime away, or has it for itself, is lent the handle.
#[test]
fn the_runtime_may_be_part_of_what_is_handed_on() {
    struct Owner {
        runtime: Runtime,
        calls: u32,
    }

    #[sync_wrapper]
    impl Owner {
        #[sync_wrapper(runtime = self.runtime)]
        async fn count(&mut self) -> u32 {
            tokio::time::sleep(Duration::from_millis(1)).await;
            self.calls += 1;
            self.calls
        }

        #[sync_wrapper(runtime = self.runtime)]
        async fn end(self) -> Runtime {
            tokio::time::sleep(Duration::from_millis(1)).await;
            self.runtime
        }
    }

    let runtime = Builder::new_multi_thread().enable_all().build().unwrap();
    let mut owner = Owner { runtime, calls: 0 };
    assert_eq!(owner.count_sync(), 1);
    assert_eq!(owner.count_sync(), 2);
    drop(owner.end_sync());
}
