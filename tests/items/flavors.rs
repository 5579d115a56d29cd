//! `flavor = "…"`: which of sync-twin's runtimes a call runs in, and with it the tasks that it spawns.

use crate::places::{in_every_place, multi_thread};
use futures_util::stream::{self, Stream, StreamExt as _};
use std::sync::{Arc, Barrier, Mutex};
use sync_twin::sync_wrapper;
use tokio::runtime::{Handle, Id, RuntimeFlavor};
use tokio::task::spawn;

/// Completes only if two tasks run at once, for each blocks its thread until the other comes.
#[sync_wrapper(flavor = "multi_thread")]
pub async fn meet() -> usize {
    let barrier = Arc::new(Barrier::new(2));
    let other = barrier.clone();
    let first = spawn(async move { barrier.wait().is_leader() });
    let second = spawn(async move { other.wait().is_leader() });
    usize::from(first.await.unwrap()) + usize::from(second.await.unwrap())
}

/// Where the fn is run, where its future is, and where a task that it spawns.
fn runtimes() -> impl Future<Output = [Id; 3]> + Send {
    let built = Handle::current().id();
    async move {
        crate::pause().await;
        let task = spawn(async { Handle::current().id() });
        [built, Handle::current().id(), task.await.unwrap()]
    }
}

#[sync_wrapper(flavor = "current_thread")]
pub fn on_one_thread() -> impl Future<Output = [Id; 3]> + Send {
    runtimes()
}

#[sync_wrapper(flavor = "multi_thread", isolation = "always")]
pub fn on_many_threads() -> impl Future<Output = [Id; 3]> + Send {
    runtimes()
}

pub struct Pool;

#[sync_wrapper(flavor = "multi_thread")]
impl Pool {
    pub async fn flavor(&self) -> RuntimeFlavor {
        Handle::current().runtime_flavor()
    }

    #[sync_wrapper(flavor = "current_thread")]
    pub async fn other(&self) -> RuntimeFlavor {
        Handle::current().runtime_flavor()
    }

    #[sync_wrapper(flavor = "auto")]
    pub async fn auto(&self) -> RuntimeFlavor {
        Handle::current().runtime_flavor()
    }

    /// Every item is read in the runtime of the call.
    #[sync_wrapper]
    pub fn items(&self) -> impl Stream<Item = RuntimeFlavor> + use<> {
        stream::iter(0..2).then(async |_| {
            crate::pause().await;
            Handle::current().runtime_flavor()
        })
    }
}

#[sync_wrapper(runtime = self.0)]
impl Borrowed {
    pub async fn runtime(&self) -> Id {
        Handle::current().id()
    }

    /// Takes back a `runtime`, too.
    #[sync_wrapper(flavor = "auto")]
    pub async fn auto(&self) -> Id {
        Handle::current().id()
    }
}

pub struct Borrowed(Handle);

#[test]
fn tasks_run_in_parallel() {
    // Two workers at least, whatever the machine has: where there is one, this cannot be shown.
    if std::thread::available_parallelism().is_ok_and(|n| n.get() > 1) {
        in_every_place(|| assert_eq!(meet_sync(), 1));
    }
}

/// One runtime of either kind, wherever the call is made.
#[test]
fn the_same_everywhere() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let all = seen.clone();
    in_every_place(move || {
        all.lock()
            .unwrap()
            .push((on_one_thread_sync(), on_many_threads_sync()))
    });
    let seen = seen.lock().unwrap();
    let ([one, ..], [many, ..]) = seen[0];
    assert!(one != many && seen.iter().all(|ids| *ids == ([one; 3], [many; 3])));
}

#[test]
fn for_a_block_and_for_one_method() {
    in_every_place(|| {
        assert_eq!(Pool.flavor_sync(), RuntimeFlavor::MultiThread);
        assert_eq!(Pool.other_sync(), RuntimeFlavor::CurrentThread);
        assert!(
            Pool.items_sync()
                .all(|flavor| flavor == RuntimeFlavor::MultiThread)
        );
    });
    assert_eq!(Pool.auto_sync(), RuntimeFlavor::CurrentThread);
}

#[test]
fn back_to_what_suits_the_caller() {
    let runtime = multi_thread();
    let borrowed = Borrowed(runtime.handle().clone());
    assert_eq!(borrowed.runtime_sync(), runtime.handle().id());
    assert_ne!(borrowed.auto_sync(), runtime.handle().id());
}
