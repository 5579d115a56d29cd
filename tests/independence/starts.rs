//! How sync-twin starts: at many callers' wish at once, at the worst moments, and not at all.

#![cfg(target_os = "linux")]

use crate::child::{Child, alone};
use crate::echo::{SERVER, double, double_multi_thread_sync, double_sync};
use crate::threads::{self, Hoard};
use std::cell::RefCell;
use std::collections::HashSet;
use std::fs::File;
use std::iter;
use std::panic::{self, catch_unwind};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Barrier, LazyLock, Mutex};
use std::thread;
use std::time::Duration;
use sync_twin::{spawn, sync_wrapper, to_thread};
use sync_twin_tests::harness::runtimes::{current_thread, workers};
use tokio::runtime::{Handle, Id};
use tokio::task::yield_now;

#[sync_wrapper]
async fn runtime() -> Id {
    yield_now().await;
    Handle::current().id()
}

/// Runtimes kept in a `OnceLock` by `get` and then `set` would be several, all but one of them dropped.
#[test]
fn sixty_four_first_calls_at_one_moment() {
    alone("starts::sixty_four_first_calls_at_one_moment", || {
        const EACH: usize = 32;
        let moment = Arc::new(Barrier::new(2 * EACH));
        let found = Arc::new(Mutex::new(HashSet::new()));
        let call = {
            let found = Arc::clone(&found);
            move || {
                moment.wait();
                let id = runtime_sync();
                found.lock().unwrap().insert(id);
            }
        };
        // All tasks run at once, too.
        let shared = workers(EACH);
        let tasks: Vec<_> = (0..EACH)
            .map(|_| {
                let call = call.clone();
                shared.spawn(async move { call() })
            })
            .collect();
        let threads: Vec<_> = (0..EACH)
            .map(|_| {
                let call = call.clone();
                thread::spawn(call)
            })
            .collect();
        for thread in threads {
            thread.join().unwrap();
        }
        for task in tasks {
            shared.block_on(task).unwrap();
        }
        let found = found.lock().unwrap().len();
        assert_eq!(found, 2, "home and crew are two runtimes");
        let homes = threads::named("sync-twin-home");
        assert_eq!(homes, 1);
        let workers = threads::named("sync-twin-crew");
        let most = thread::available_parallelism().map_or(8, |cores| cores.get().max(8));
        assert!((1..=most).contains(&workers), "{workers} workers");
    });
}

/// What `call` panics with.
fn panic_of<R: std::fmt::Debug>(call: impl FnOnce() -> R + panic::UnwindSafe) -> String {
    let panic = catch_unwind(call).unwrap_err();
    *panic.downcast::<String>().expect("a formatted message")
}

/// tokio's recipe recovers there.
#[test]
fn no_thread_can_be_started_on_the_only_worker() {
    Child::new("starts::no_thread_can_be_started_on_the_only_worker")
        .limited(threads::FEW)
        .run(|| {
            let shared = workers(1);
            // Its worker runs, and the server does.
            shared.block_on(shared.spawn(double(1))).unwrap();
            let hoard = Hoard::take();
            let call = shared.spawn(async { panic_of(|| double_sync(21)) });
            let message = shared.block_on(call).unwrap();
            assert!(message.contains("could not start"), "{message}");
            // The runtime goes on.
            let after = async {
                tokio::time::sleep(Duration::from_millis(1)).await;
                42
            };
            assert_eq!(shared.block_on(shared.spawn(after)).unwrap(), 42);
            hoard.release();
            let call = shared.spawn(async { double_sync(21) });
            assert_eq!(shared.block_on(call).unwrap(), 42);
        });
}

/// Some workers can be started and others not. tokio's own builder hangs there: it waits for those that it has started.
#[test]
fn too_few_threads_can_be_started() {
    // All threads allocate from one heap, in which there is room.
    Child::new("starts::too_few_threads_can_be_started")
        .with("MALLOC_ARENA_MAX", "1")
        .run(|| {
            const PIECE: usize = 64 << 10;
            let pieces: Vec<_> = (0..128).map(|_| vec![1_u8; PIECE]).collect();
            // What is at the end of the heap would be given back to the system.
            let at_the_end = vec![1_u8; PIECE];
            drop(pieces);
            for room in (3..40).step_by(3) {
                limit_address_space(Some(room << 20));
                let outcome = sync_twin::start();
                limit_address_space(None);
                if outcome.is_ok() {
                    break;
                }
            }
            drop(at_the_end);
            sync_twin::start().unwrap();
            assert_eq!(double_sync(21), 42);
        });
}

/// Lets this process have as many bytes more than now, or as many as it likes. A program that did this would need memory itself.
fn limit_address_space(more: Option<usize>) {
    let mut limit = libc::rlimit {
        rlim_cur: 0,
        rlim_max: 0,
    };
    let space = more.map(|more| (threads::address_space() << 10) + more);
    // SAFETY: both use `limit` and nothing else.
    unsafe {
        assert_eq!(libc::getrlimit(libc::RLIMIT_AS, &raw mut limit), 0);
        limit.rlim_cur = space.map_or(limit.rlim_max, |space| space as libc::rlim_t);
        assert_eq!(libc::setrlimit(libc::RLIMIT_AS, &raw const limit), 0);
    }
}

/// Everything runs already, so the call needs no thread but the one that takes over from its worker.
#[test]
fn no_further_thread_can_be_started_on_the_only_worker() {
    Child::new("starts::no_further_thread_can_be_started_on_the_only_worker")
        .limited(threads::FEW)
        .run(|| {
            let shared = workers(1);
            // The server cannot start a thread for another connection then.
            let connecting = shared.spawn(async {
                let mut socket = crate::echo::connect_sync();
                crate::echo::exchange_sync(&mut socket, 1);
                socket
            });
            let mut socket = shared.block_on(connecting).unwrap();
            // The one that took over from its worker is an idle thread of that runtime now.
            let hoard = Hoard::take();
            let (idle, is_idle) = channel::<()>();
            let busy = shared.spawn_blocking(move || is_idle.recv().unwrap_err());
            let call = shared.spawn(async move { crate::echo::exchange_sync(&mut socket, 21) });
            assert_eq!(shared.block_on(call).unwrap(), 42);
            let after = async {
                tokio::time::sleep(Duration::from_millis(1)).await;
                42
            };
            assert_eq!(shared.block_on(shared.spawn(after)).unwrap(), 42);
            drop(idle);
            shared.block_on(busy).unwrap();
            hoard.release();
        });
}

/// What has been made of a runtime that cannot start as a whole has to be dropped, which tokio forbids in a runtime.
#[test]
fn home_that_cannot_start_inside_a_runtime() {
    Child::new("starts::home_that_cannot_start_inside_a_runtime")
        .limited(threads::FEW)
        .run(|| {
            LazyLock::force(&SERVER);
            let hoard = Hoard::take();
            current_thread().block_on(async {
                assert!(sync_twin::start().is_err());
            });
            let message = current_thread().block_on(async { panic_of(|| double_sync(21)) });
            assert!(message.contains("could not start"), "{message}");
            hoard.release();
            current_thread().block_on(async {
                sync_twin::start().unwrap();
                assert_eq!(double_sync(21), 42);
            });
        });
}

/// Makes its call when it is dropped, and sends the result.
struct CallOnDrop(fn() -> u32, Sender<u32>);

impl Drop for CallOnDrop {
    fn drop(&mut self) {
        // A panic at thread exit ends the process, and the test with it.
        let result = (self.0)();
        self.1.send(result).unwrap();
    }
}

thread_local! {
    static LAST_WISH: RefCell<Option<CallOnDrop>> = const { RefCell::new(None) };
}

/// The first call of the process, made when tokio's thread-locals are gone.
fn first_at_thread_exit(call: fn() -> u32) {
    let (sender, result) = channel();
    thread::spawn(move || {
        LAST_WISH.with_borrow_mut(|wish| *wish = Some(CallOnDrop(call, sender)));
        // Used after it, so destroyed before it.
        let _ = Handle::try_current();
    })
    .join()
    .unwrap();
    assert_eq!(result.recv().unwrap(), 42);
}

/// `tokio::spawn` panics there, and so does the building of a multi-thread runtime.
#[test]
fn the_first_spawn_at_thread_exit() {
    alone("starts::the_first_spawn_at_thread_exit", || {
        first_at_thread_exit(|| spawn(double(21)).join());
    });
}

/// As above.
#[test]
fn the_first_call_at_thread_exit() {
    alone("starts::the_first_call_at_thread_exit", || {
        first_at_thread_exit(|| double_sync(21));
    });
}

/// As above.
#[test]
fn the_first_call_in_the_crew_at_thread_exit() {
    alone("starts::the_first_call_in_the_crew_at_thread_exit", || {
        first_at_thread_exit(|| double_multi_thread_sync(21));
    });
}

/// As above.
#[test]
fn the_first_to_thread_at_thread_exit() {
    #[sync_wrapper]
    async fn on_another_thread() -> u32 {
        to_thread(|| 42).await
    }
    alone("starts::the_first_to_thread_at_thread_exit", || {
        first_at_thread_exit(on_another_thread_sync);
    });
}

/// A hook that frees what has run out and then reports by a call, as a log shipper does; and the results of its calls.
fn hook_that_calls(
    free: impl FnOnce() + Send + 'static,
    call: fn(u32) -> u32,
) -> std::sync::mpsc::Receiver<u32> {
    let (sender, results) = channel();
    let first = Mutex::new(Some(free));
    panic::set_hook(Box::new(move |_| {
        let free = first.lock().unwrap().take();
        if let Some(free) = free {
            free();
            sender.send(call(21)).unwrap();
        }
    }));
    results
}

/// tokio panics where it cannot start a worker: in the middle of our start.
#[test]
fn a_hook_that_calls_because_the_crew_cannot_start() {
    Child::new("starts::a_hook_that_calls_because_the_crew_cannot_start")
        .limited(threads::FEW)
        .run(|| {
            LazyLock::force(&SERVER);
            let hoard = Hoard::take();
            let results = hook_that_calls(|| hoard.release(), double_sync);
            assert!(catch_unwind(|| double_multi_thread_sync(1)).is_err());
            drop(panic::take_hook());
            assert_eq!(results.recv().unwrap(), 42);
            assert_eq!(double_multi_thread_sync(21), 42);
        });
}

/// The hook runs in the middle of the crew's start, and its call needs the crew. That cannot be served, and a panic in a
/// hook aborts; but it ends.
#[test]
fn a_hook_that_needs_what_is_being_started() {
    Child::new("starts::a_hook_that_needs_what_is_being_started")
        .limited(threads::FEW)
        .ends_with("the hook runs", || {
            LazyLock::force(&SERVER);
            let hoard = Hoard::take();
            let free = || {
                eprintln!("the hook runs");
                hoard.release();
            };
            let _results = hook_that_calls(free, double_multi_thread_sync);
            assert!(catch_unwind(|| double_multi_thread_sync(1)).is_err());
        });
}

/// Needs no server, whose thread would run out of files too, and run the hook.
#[sync_wrapper]
async fn double_later(n: u32) -> u32 {
    tokio::time::sleep(Duration::from_millis(1)).await;
    n * 2
}

/// The same call again, which by then could be made.
#[test]
fn a_hook_that_makes_the_call_that_could_not_start() {
    Child::new("starts::a_hook_that_makes_the_call_that_could_not_start")
        .limited("-n 60")
        .run(|| {
            let files: Vec<File> = iter::from_fn(|| File::open("/dev/null").ok()).collect();
            let results = hook_that_calls(|| drop(files), double_later_sync);
            assert!(catch_unwind(|| double_later_sync(1)).is_err());
            drop(panic::take_hook());
            assert_eq!(results.recv().unwrap(), 42);
            assert_eq!(double_later_sync(21), 42);
        });
}
