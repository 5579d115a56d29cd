//! What a process has after its first calls: the table in the docs.

use crate::acts::{isolated_sync, plain_sync};
use crate::child::alone;
use crate::tasks;
use std::collections::BTreeMap;
use std::fs;
use std::thread;
use std::time::Duration;
use sync_twin::{block_on, shutdown, spawn, to_thread};
use sync_twin_tests::harness::places::Place;
use sync_twin_tests::harness::runtimes::current_thread;

/// The chapter with the table.
const CHAPTER: &str = include_str!("../../runtime/src/guide/your_process.rs");

/// The first calls of a process, by the words of the table.
const FIRST_CALLS: [(&str, fn()); 6] = [
    ("a call on a plain thread", || {
        plain_sync(1);
    }),
    ("a call inside or beside a multi-thread runtime", || {
        Place::OneWorker.run(|| plain_sync(1));
    }),
    ("a call on a driver, isolated", || {
        Place::Driver.run(|| plain_sync(1));
    }),
    ("`spawn`", || spawn(async {}).join()),
    ("`to_thread`, on a plain thread", || {
        block_on(to_thread(|| {}))
    }),
    ("`start()`", || sync_twin::start().unwrap()),
];

/// A row of the table: what it counts, by its first cell.
fn row(of: &str) -> Vec<String> {
    let head = format!("//! | {of} | ");
    let row = CHAPTER.lines().find_map(|line| line.strip_prefix(&head));
    let row = row.unwrap_or_else(|| panic!("the table has no row that begins with {head}"));
    row.trim_end_matches(" |")
        .split(" | ")
        .map(str::to_owned)
        .collect()
}

/// The threads of ours, as the table writes them: with as many workers as there are.
fn threads() -> String {
    let mut kinds = BTreeMap::new();
    for task in tasks::ours() {
        let (_, kind) = task.name.split_at("sync-twin-".len());
        *kinds.entry(kind.to_owned()).or_insert(0) += 1;
    }
    // The kernel keeps the first 15 bytes.
    let all = [
        "starter",
        "home",
        "crew",
        "isolated",
        "background",
        "blocking",
    ];
    let counts = all.into_iter().filter_map(|name| {
        let kind = &name[..name.len().min(5)];
        let count = kinds.remove(kind)?;
        Some(match count {
            1 => name.to_owned(),
            count => format!("{count} {name}"),
        })
    });
    let counts: Vec<_> = counts.collect();
    // It is not at rest yet: `idle_threads_end`.
    kinds.remove("watch");
    assert!(kinds.is_empty(), "{kinds:?} as well");
    counts.join(", ")
}

/// Those of the machine that the table was made on. A larger one has more workers.
fn on_this_machine(cell: &str) -> String {
    let cores = thread::available_parallelism().unwrap().get();
    cell.replace("8 crew", &format!("{} crew", cores.max(8)))
        .replace("2 background", &format!("{} background", cores.max(2)))
        .replace("3 background", &format!("{} background", cores.max(2) + 1))
}

/// Memory that only this process has, in KiB.
fn private_memory() -> usize {
    let rollup = fs::read_to_string("/proc/self/smaps_rollup").expect("Linux has it");
    let of = |field: &str| -> usize {
        let value = rollup.lines().find_map(|line| line.strip_prefix(field));
        let value = value.expect("Linux has it").trim().trim_end_matches(" kB");
        value.parse().unwrap()
    };
    of("Private_Dirty:")
}

#[test]
fn the_table_in_the_docs() {
    alone("rest::the_table_in_the_docs", || {
        // tokio's own, for the process.
        drop(current_thread());
        for (name, call) in FIRST_CALLS {
            // Once before, so that its code is in memory.
            call();
            assert!(shutdown(Duration::from_secs(300)).is_empty());
            let (before, memory) = (tasks::descriptors(), private_memory());
            call();
            let row = row(name);
            let [expected, descriptors, kib] = &*row else {
                panic!("{row:?}")
            };
            let expected = on_this_machine(expected);
            // A thread of the user's that has just ended may still be there, and one of ours not yet asleep.
            tasks::wait_until(&format!("{name}: {expected}"), || threads() == expected);
            let opened = tasks::descriptors() - before;
            assert_eq!(opened.to_string(), *descriptors, "{name}");
            let used = private_memory().saturating_sub(memory);
            let bound: usize = kib.trim_end_matches(" KiB").parse().unwrap();
            println!("{name}: {used} KiB");
            // On a larger machine it is more. Ten times as much would be a mistake.
            assert!(used < 10 * bound, "{name}: {used} KiB");
            assert!(shutdown(Duration::from_secs(300)).is_empty());
        }
    });
}

/// What has nothing to do ends.
#[test]
fn idle_threads_end() {
    alone("rest::idle_threads_end", || {
        assert_eq!(isolated_sync(1), 1);
        block_on(async { tokio::task::spawn_blocking(|| {}).await.unwrap() });
        block_on(to_thread(|| {}));
        let background = tasks::named("sync-twin-background");
        assert_eq!(tasks::named("sync-twin-watch"), 1, "calls have waited");
        tasks::wait_until(
            "isolation and blocking threads end, and the watcher",
            || {
                tasks::named("sync-twin-isolated") == 0
                    && tasks::named("sync-twin-watch") == 0
                    && tasks::named("sync-twin-blocking") == 0
                    && tasks::named("sync-twin-background") == background - 1
            },
        );
        // And come back.
        assert_eq!(isolated_sync(2), 2);
    });
}
