//! Code at the beginning and at the end of threads.

use crate::acts::{all_kinds, plain_sync};
use crate::child::alone;
use std::collections::BTreeMap;
use std::panic::panic_any;
use std::sync::Mutex;
use std::thread::{self, ThreadId};
use std::time::Duration;
use sync_twin::{Builder, ThreadKind, metrics, shutdown, sync_wrapper};
use sync_twin_tests::harness::places::Place;
use tokio::sync::oneshot;

/// What has begun and not ended, and how many have.
#[derive(Default)]
struct Seen {
    here: BTreeMap<String, ThreadKind>,
    begun: usize,
}

static SEEN: Mutex<Seen> = Mutex::new(Seen {
    here: BTreeMap::new(),
    begun: 0,
});

fn key(id: ThreadId) -> String {
    format!("{id:?}")
}

fn begins(kind: ThreadKind) {
    let mut seen = SEEN.lock().unwrap();
    let before = seen.here.insert(key(thread::current().id()), kind);
    assert_eq!(before, None);
    seen.begun += 1;
}

fn ends(kind: ThreadKind) {
    let mut seen = SEEN.lock().unwrap();
    assert_eq!(seen.here.remove(&key(thread::current().id())), Some(kind));
}

/// Each thread has both, of the same kind, and its name goes with that.
#[test]
fn each_thread_has_both() {
    alone("hooks::each_thread_has_both", || {
        Builder::new()
            .on_thread_start(|kind| {
                let name = thread::current().name().unwrap().to_owned();
                let of_kind = format!("sync-twin-{kind:?}").to_lowercase();
                assert_eq!(name, of_kind);
                begins(kind);
            })
            .on_thread_stop(ends)
            .install()
            .unwrap();
        all_kinds();
        {
            let seen = SEEN.lock().unwrap();
            for kind in ["Home", "Blocking", "Crew", "Isolated", "Background"] {
                let is_here = seen.here.values().any(|one| format!("{one:?}") == kind);
                assert!(is_here, "{kind}: {:?}", seen.here);
            }
        }
        assert!(shutdown(Duration::from_secs(10)).is_empty());
        let seen = SEEN.lock().unwrap();
        assert!(seen.here.is_empty(), "{:?}", seen.here);
        assert!(seen.begun > 10, "{}", seen.begun);
    });
}

#[sync_wrapper]
async fn wait(until: oneshot::Receiver<()>) {
    until.await.unwrap();
}

/// Also the threads that go on for workers of the user's.
#[test]
fn threads_in_place_of_workers() {
    alone("hooks::threads_in_place_of_workers", || {
        // More than go on in threads of their own runtime.
        const CALLS: usize = 160;
        Builder::new()
            .on_thread_start(begins)
            .on_thread_stop(ends)
            .install()
            .unwrap();
        Place::OneWorker.run(|| {
            let calls: Vec<_> = (0..CALLS)
                .map(|_| {
                    let (end, until) = oneshot::channel();
                    tokio::spawn(async move { wait_sync(until) });
                    end
                })
                .collect();
            // In place of the one worker that this task blocks, others run those tasks.
            sync_twin::block_on(async {
                while metrics().blocked_now() <= CALLS {
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
            });
            for end in calls {
                end.send(()).unwrap();
            }
        });
        let kinds: Vec<_> = SEEN.lock().unwrap().here.values().copied().collect();
        assert!(kinds.contains(&ThreadKind::Worker), "{kinds:?}");
        assert!(shutdown(Duration::from_secs(10)).is_empty());
        assert!(SEEN.lock().unwrap().here.is_empty());
    });
}

/// The payload of a panic, which panics itself.
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("the payload is dropped");
    }
}

/// A panic does no harm to the thread, nor to the calls that it serves.
#[test]
fn hooks_that_panic() {
    alone("hooks::hooks_that_panic", || {
        Builder::new()
            .on_thread_start(|_| panic_any(Bomb))
            .on_thread_stop(|kind| match kind {
                ThreadKind::Crew => panic_any(Bomb),
                _ => panic!("at the end of {kind:?}"),
            })
            .isolation_keep_alive(Duration::ZERO)
            .install()
            .unwrap();
        for _ in 0..3 {
            all_kinds();
            assert!(shutdown(Duration::from_secs(10)).is_empty());
        }
    });
}

/// A call that is ready works. One that has to wait panics in the hook, instead of waiting for its own thread.
#[test]
fn hooks_that_call() {
    alone("hooks::hooks_that_call", || {
        static REFUSED: Mutex<Vec<ThreadKind>> = Mutex::new(Vec::new());
        Builder::new()
            .on_thread_start(|kind| {
                assert_eq!(sync_twin::block_on(async { 7 }), 7);
                let waits = || plain_sync(1);
                let panic = std::panic::catch_unwind(waits).unwrap_err();
                let said = panic.downcast_ref::<String>().unwrap();
                assert!(said.contains("in a hook of `sync_twin::Builder`"), "{said}");
                REFUSED.lock().unwrap().push(kind);
            })
            .on_thread_stop(|_| _ = plain_sync(2))
            .install()
            .unwrap();
        all_kinds();
        assert!(shutdown(Duration::from_secs(10)).is_empty());
        assert!(REFUSED.lock().unwrap().len() > 10);
    });
}
