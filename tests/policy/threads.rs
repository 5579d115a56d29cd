//! Names, stacks, numbers and signals of threads.

use crate::acts::{all_kinds, isolated_sync};
use crate::child::{Child, alone};
use crate::tasks;
use std::hint::black_box;
use std::time::{Duration, Instant};
use std::{mem, ptr, thread};
use sync_twin::{Builder, ThreadKind, sync_wrapper};
use sync_twin_tests::harness::places::Place;
use tokio::task::{spawn_blocking, yield_now};

#[test]
fn they_are_named() {
    alone("threads::they_are_named", || {
        Builder::new().thread_name("own").install().unwrap();
        all_kinds();
        for kind in [
            "starter",
            "home",
            "blocking",
            "crew",
            "isolated",
            "background",
        ] {
            let name = format!("own-{kind}");
            let all = tasks::all();
            assert!(all.iter().any(|task| task.name == name), "{name}: {all:#?}");
        }
        assert!(tasks::ours().is_empty(), "{:#?}", tasks::ours());
    });
}

/// How many KiB are on the stack.
const DEEP: usize = 24 << 10;

#[inline(never)]
fn use_stack(kib: usize) -> usize {
    let page = black_box([1_u8; 1024]);
    match kib {
        0 | 1 => page[0].into(),
        _ => use_stack(kib - 1) + usize::from(page[kib % 1024]),
    }
}

#[sync_wrapper(isolation = "always")]
async fn deep() -> usize {
    yield_now().await;
    use_stack(DEEP)
}

/// The default would overflow, which ends the process.
#[test]
fn a_large_stack_of_isolation_threads() {
    alone("threads::a_large_stack_of_isolation_threads", || {
        Builder::new()
            .stack_size(ThreadKind::Isolated, 128 << 20)
            .install()
            .unwrap();
        assert_eq!(deep_sync(), DEEP);
    });
}

#[sync_wrapper(flavor = "multi_thread")]
async fn deep_in_crew() -> usize {
    let task = tokio::spawn(async { use_stack(DEEP) });
    task.await.unwrap() + spawn_blocking(|| use_stack(DEEP)).await.unwrap()
}

#[test]
fn large_stacks_of_the_crew_and_others() {
    alone("threads::large_stacks_of_the_crew_and_others", || {
        Builder::new()
            .stack_size(ThreadKind::Crew, 128 << 20)
            .stack_size(ThreadKind::Background, 128 << 20)
            .stack_size(ThreadKind::Blocking, 128 << 20)
            .install()
            .unwrap();
        assert_eq!(deep_in_crew_sync(), 2 * DEEP);
        assert_eq!(sync_twin::spawn(async { use_stack(DEEP) }).join(), DEEP);
        let in_home = sync_twin::block_on(async { spawn_blocking(|| use_stack(DEEP)).await });
        assert_eq!(in_home.unwrap(), DEEP);
    });
}

/// All kinds of calls work on the smallest stacks that are accepted.
#[test]
fn small_stacks() {
    alone("threads::small_stacks", || {
        let mut builder = Builder::new();
        for kind in [
            ThreadKind::Home,
            ThreadKind::Blocking,
            ThreadKind::Crew,
            ThreadKind::Isolated,
            ThreadKind::Background,
            ThreadKind::Worker,
        ] {
            builder.stack_size(kind, 128 << 10);
        }
        builder.install().unwrap();
        all_kinds();
    });
}

/// A stack that the system does not have is a failure to start a thread, as any other.
#[test]
fn stacks_that_are_too_large() {
    Child::new("threads::stacks_that_are_too_large")
        .limited("-v 4000000")
        .run(|| {
            Builder::new()
                .stack_size(ThreadKind::Isolated, 1 << 40)
                .install()
                .unwrap();
            let error = std::panic::catch_unwind(|| isolated_sync(1)).unwrap_err();
            let said = error.downcast_ref::<String>().unwrap();
            assert!(said.contains("could not start a thread"), "{said}");
            assert_eq!(crate::acts::plain_sync(2), 2);
        });
}

/// The limit holds, and what is beyond it waits for its turn.
#[test]
fn few_blocking_threads() {
    Child::new("threads::few_blocking_threads")
        .with("SYNC_TWIN_MAX_BLOCKING_THREADS", "2")
        .run(|| {
            let naps = sync_twin::block_on(async {
                let nap = || thread::sleep(Duration::from_millis(20));
                let naps: Vec<_> = (0..8).map(|_| spawn_blocking(nap)).collect();
                let mut most = 0;
                for nap in naps {
                    nap.await.unwrap();
                    most = most.max(tasks::named("sync-twin-block"));
                }
                most
            });
            assert_eq!(naps, 2);
        });
}

/// Neither kind stays for the ten seconds of the default.
#[test]
fn they_stay_as_long_as_is_said() {
    alone("threads::they_stay_as_long_as_is_said", || {
        Builder::new()
            .blocking_keep_alive(Duration::from_millis(50))
            .isolation_keep_alive(Duration::from_millis(50))
            .install()
            .unwrap();
        let begin = Instant::now();
        all_kinds();
        let are_there = || tasks::named("sync-twin-isola") + tasks::named("sync-twin-block");
        while are_there() > 0 {
            thread::sleep(Duration::from_millis(10));
        }
        // The default would be seen here, and nothing shorter.
        assert!(
            begin.elapsed() < Duration::from_secs(9),
            "{:?}",
            begin.elapsed()
        );
    });
}

/// Durations without an end are one.
#[test]
fn they_stay_for_ever() {
    alone("threads::they_stay_for_ever", || {
        Builder::new()
            .blocking_keep_alive(Duration::MAX)
            .isolation_keep_alive(Duration::MAX)
            .stall_after(Duration::MAX)
            .grace(Duration::MAX)
            .install()
            .unwrap();
        all_kinds();
        assert!(sync_twin::shutdown(Duration::from_secs(10)).is_empty());
    });
}

/// Whether the calling thread blocks this signal.
fn is_blocked(signal: libc::c_int) -> bool {
    // SAFETY: it only reads the mask of the calling thread, into a set that may be all zeros.
    unsafe {
        let mut mask: libc::sigset_t = mem::zeroed();
        libc::pthread_sigmask(libc::SIG_BLOCK, ptr::null(), &mut mask);
        libc::sigismember(&mask, signal) == 1
    }
}

fn block(signal: libc::c_int) {
    // SAFETY: it changes the mask of the calling thread alone.
    unsafe {
        let mut mask: libc::sigset_t = mem::zeroed();
        libc::sigaddset(&mut mask, signal);
        libc::pthread_sigmask(libc::SIG_BLOCK, &mask, ptr::null_mut());
    }
}

/// The mask of a thread of each kind that runs code of users'.
fn masks() -> Vec<[bool; 2]> {
    let mask = || [is_blocked(libc::SIGUSR1), is_blocked(libc::SIGUSR2)];
    let isolated = Place::Driver.run(move || mask_sync());
    let blocking = sync_twin::block_on(async move { spawn_blocking(mask).await.unwrap() });
    let background = sync_twin::spawn(async move { mask() }).join();
    let closure = sync_twin::block_on(sync_twin::to_thread(mask));
    vec![isolated, blocking, background, closure]
}

#[sync_wrapper(isolation = "always")]
async fn mask() -> [bool; 2] {
    yield_now().await;
    [is_blocked(libc::SIGUSR1), is_blocked(libc::SIGUSR2)]
}

/// The mask is that of the thread that starts sync-twin, whoever calls later.
#[test]
fn they_take_signals_if_they_may() {
    alone("threads::they_take_signals_if_they_may", || {
        Builder::new().block_signals(false).install().unwrap();
        block(libc::SIGUSR1);
        sync_twin::start().unwrap();
        let of_others = thread::spawn(|| {
            block(libc::SIGUSR2);
            masks()
        });
        for mask in of_others.join().unwrap() {
            assert_eq!(mask, [true, false]);
        }
    });
}

#[test]
fn they_take_none_by_default() {
    alone("threads::they_take_none_by_default", || {
        for mask in masks() {
            assert_eq!(mask, [true, true]);
        }
    });
}

/// The affinity of whoever calls `start`, where the program asks for that.
#[test]
fn affinity() {
    alone("threads::affinity", || {
        // SAFETY: it has no preconditions.
        let cpu = unsafe { libc::sched_getcpu() };
        let starting = thread::spawn(move || {
            // SAFETY: they change the calling thread alone, and read a set that is all zeros before.
            let is_pinned = unsafe {
                let mut cpus: libc::cpu_set_t = mem::zeroed();
                libc::CPU_SET(cpu.try_into().unwrap(), &mut cpus);
                libc::sched_setaffinity(0, size_of_val(&cpus), &cpus) == 0
            };
            Builder::new().inherit_affinity(true).install().unwrap();
            sync_twin::start().unwrap();
            is_pinned
        });
        if !starting.join().unwrap() {
            return eprintln!("**** SKIPPED: may not set its affinity");
        }
        all_kinds();
        for task in tasks::ours() {
            assert_eq!(task.traits.cpus, cpu.to_string(), "{}", task.name);
        }
    });
}
