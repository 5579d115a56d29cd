//! Threads of sync-twin carry nothing of the caller that happens to need them first.

use crate::acts::{KINDS, all_kinds};
use crate::child::alone;
use crate::tasks::{self, Task};
use std::collections::BTreeSet;
use std::mem;
use std::ptr;
use std::thread;

/// What a caller may have set for itself.
#[derive(Clone, Copy, Default)]
struct Set {
    affinity: bool,
    niceness: bool,
    network: bool,
    filesystem_ids: bool,
}

/// Makes the calling thread unlike all others, as far as the test may, and returns what it has become.
fn be_different() -> (Task, Set) {
    // SAFETY: the calls change the calling thread alone. They read one set of CPUs, which is all zeros before.
    let set = unsafe {
        let mut cpus: libc::cpu_set_t = mem::zeroed();
        libc::CPU_SET(libc::sched_getcpu().try_into().unwrap(), &mut cpus);
        let before = Task::main().traits;
        Set {
            affinity: libc::sched_setaffinity(0, size_of_val(&cpus), &cpus) == 0
                && before.cpus.contains(['-', ',']),
            niceness: libc::setpriority(libc::PRIO_PROCESS, 0, before.niceness + 7) == 0
                // Without privileges it could not be taken back.
                && may_lower_niceness(),
            network: libc::unshare(libc::CLONE_NEWNET) == 0,
            filesystem_ids: libc::geteuid() == 0 && {
                libc::setfsgid(65534);
                libc::setfsuid(65534);
                true
            },
        }
    };
    for (is_set, what) in [
        (set.affinity, "CPU affinity: there is one CPU"),
        (set.niceness, "niceness: may not lower it"),
        (set.network, "network namespace: may not make one"),
        (set.filesystem_ids, "filesystem ids: not root"),
    ] {
        if !is_set {
            eprintln!("**** SKIPPED {what}");
        }
    }
    let own = tasks::all();
    // SAFETY: it has no preconditions.
    let id = unsafe { libc::syscall(libc::SYS_gettid) };
    let own = own.into_iter().find(|task| i64::from(task.id) == id);
    (own.unwrap(), set)
}

fn may_lower_niceness() -> bool {
    thread::spawn(|| {
        // SAFETY: they change the calling thread alone, which ends.
        unsafe {
            libc::setpriority(libc::PRIO_PROCESS, 0, 9) == 0
                && libc::setpriority(libc::PRIO_PROCESS, 0, 8) == 0
        }
    })
    .join()
    .unwrap()
}

/// A caller that is unlike all others makes calls of all kinds.
fn different_caller() -> (Task, Set) {
    thread::spawn(|| {
        let different = be_different();
        all_kinds();
        different
    })
    .join()
    .unwrap()
}

fn check_that_all_are_like_main(set: Set) {
    let main = Task::main().traits;
    let ours = tasks::ours();
    for kind in KINDS {
        assert!(tasks::named(kind) > 0, "no {kind} in {ours:#?}");
    }
    for Task { name, traits, .. } in ours {
        if set.affinity {
            assert_eq!(traits.cpus, main.cpus, "{name}");
        }
        if set.niceness {
            assert_eq!(traits.niceness, main.niceness, "{name}");
        }
        if set.network {
            assert_eq!(traits.network, main.network, "{name}");
        }
        if set.filesystem_ids {
            assert_eq!(traits.filesystem_ids, main.filesystem_ids, "{name}");
        }
    }
}

/// The first caller and later ones.
#[test]
fn nothing_of_any_caller_after_an_early_start() {
    alone(
        "inheritance::nothing_of_any_caller_after_an_early_start",
        || {
            sync_twin::start().unwrap();
            for _ in 0..3 {
                let (different, set) = different_caller();
                assert_ne!(different.traits, Task::main().traits);
                check_that_all_are_like_main(set);
            }
        },
    );
}

/// Also what the first call starts, without privileges as far as they are needed.
#[test]
fn nothing_of_the_first_caller() {
    alone("inheritance::nothing_of_the_first_caller", || {
        let (_, set) = different_caller();
        check_that_all_are_like_main(set);
    });
}

/// A daemon that serves several networks says where sync-twin is to live.
#[test]
fn whoever_starts_is_the_model() {
    alone("inheritance::whoever_starts_is_the_model", || {
        let (different, set) = thread::spawn(|| {
            let different = be_different();
            sync_twin::start().unwrap();
            different
        })
        .join()
        .unwrap();
        thread::spawn(all_kinds).join().unwrap();
        for task in tasks::ours() {
            let (traits, name) = (task.traits, task.name);
            assert_eq!(traits.niceness, different.traits.niceness, "{name}");
            if set.network {
                assert_eq!(traits.network, different.traits.network, "{name}");
            }
            // A thread that is pinned is pinned for its own sake.
            assert_eq!(traits.cpus, Task::main().traits.cpus, "{name}");
        }
    });
}

/// A thread with a deadline, such as that of an audio driver.
#[test]
fn no_policy_of_a_caller() {
    alone("inheritance::no_policy_of_a_caller", || {
        thread::spawn(|| {
            // SAFETY: it reads an integer, and changes the calling thread alone.
            let outcome = unsafe {
                let parameter: libc::sched_param = mem::zeroed();
                libc::sched_setscheduler(0, libc::SCHED_BATCH, ptr::from_ref(&parameter))
            };
            assert_eq!(outcome, 0);
            all_kinds();
        })
        .join()
        .unwrap();
        for task in tasks::ours() {
            assert_eq!(
                task.traits.policy,
                Task::main().traits.policy,
                "{}",
                task.name
            );
        }
    });
}

/// Whatever the mask of the caller was. What reports a fault of the thread's own stays: Rust's message about a stack
/// overflow comes from a handler.
#[test]
fn all_signals_are_blocked_on_all_threads() {
    alone(
        "inheritance::all_signals_are_blocked_on_all_threads",
        || {
            thread::spawn(all_kinds).join().unwrap();
            let faults: BTreeSet<i32> = [
                libc::SIGSEGV,
                libc::SIGBUS,
                libc::SIGILL,
                libc::SIGFPE,
                libc::SIGTRAP,
                libc::SIGSYS,
            ]
            .into();
            // What nobody can block, and what the C library keeps for itself.
            let never = [libc::SIGKILL, libc::SIGSTOP, 32, 33];
            for task in tasks::ours() {
                for signal in (1..=64).filter(|signal| !never.contains(signal)) {
                    let is_blocked = task.blocked >> (signal - 1) & 1 == 1;
                    assert_eq!(
                        is_blocked,
                        !faults.contains(&signal),
                        "{signal} on {}",
                        task.name
                    );
                }
            }
            assert_eq!(Task::main().blocked, 0, "nobody else's mask has changed");
        },
    );
}
