//! The threads of this process and what they have inherited, as Linux tells.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

/// What a thread has from the one that has started it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Traits {
    /// The cores that it may run on.
    pub cpus: String,
    /// How much it gives way to others.
    pub niceness: i32,
    /// The number of its scheduling policy.
    pub policy: u32,
    /// Its network namespace.
    pub network: String,
    /// The user and the group that it opens files as.
    pub filesystem_ids: [u32; 2],
}

/// A thread.
#[derive(Clone, Debug)]
pub struct Task {
    /// As `gettid` returns it.
    pub id: u32,
    /// The first 15 bytes.
    pub name: String,
    /// What it has inherited.
    pub traits: Traits,
    /// One bit for each signal.
    pub blocked: u64,
    /// How many times it has gone to sleep.
    pub sleeps: u64,
}

impl Task {
    /// `None` if it has ended meanwhile.
    pub fn read(id: u32) -> Option<Self> {
        let read = |file: &str| fs::read_to_string(format!("/proc/self/task/{id}/{file}")).ok();
        let status = read("status")?;
        let field = |name: &str| {
            let value = status.lines().find_map(|line| line.strip_prefix(name));
            value.map(|value| value.trim().to_owned())
        };
        let stat = read("stat")?;
        // What comes before may have spaces in it.
        let (_, stat) = stat.rsplit_once(") ")?;
        let stat = |index: usize| stat.split(' ').nth(index - 3);
        let filesystem = |name| field(name)?.split('\t').nth(3)?.parse().ok();
        let network = fs::read_link(format!("/proc/self/task/{id}/ns/net")).ok()?;
        Some(Task {
            id,
            name: read("comm")?.trim().to_owned(),
            traits: Traits {
                cpus: field("Cpus_allowed_list:")?,
                niceness: stat(19)?.parse().ok()?,
                policy: stat(41)?.parse().ok()?,
                network: network.to_string_lossy().into_owned(),
                filesystem_ids: [filesystem("Uid:")?, filesystem("Gid:")?],
            },
            blocked: u64::from_str_radix(&field("SigBlk:")?, 16).ok()?,
            sleeps: field("voluntary_ctxt_switches:")?.parse().ok()?,
        })
    }

    /// The main thread.
    pub fn main() -> Self {
        Task::read(std::process::id()).expect("it lives as long as the process")
    }
}

/// All threads of this process.
pub fn all() -> Vec<Task> {
    let ids = fs::read_dir("/proc/self/task").expect("Linux has it");
    let ids = ids.filter_map(|id| id.ok()?.file_name().to_str()?.parse().ok());
    ids.filter_map(Task::read).collect()
}

/// Those of sync-twin.
pub fn ours() -> Vec<Task> {
    let mut tasks = all();
    tasks.retain(|task| task.name.starts_with("sync-twin"));
    tasks
}

/// How many threads of sync-twin have this name, as far as Linux keeps it: 15 bytes.
pub fn named(name: &str) -> usize {
    let name = &name[..name.len().min(15)];
    ours().iter().filter(|task| task.name == name).count()
}

/// How many descriptors the process has open.
pub fn descriptors() -> usize {
    fs::read_dir("/proc/self/fd").expect("Linux has it").count()
}

/// Waits until it is so. A minute means that it never will be.
#[track_caller]
pub fn wait_until(what: &str, is_so: impl Fn() -> bool) {
    let end = Instant::now() + Duration::from_secs(60);
    while !is_so() {
        assert!(
            Instant::now() < end,
            "not within a minute: {what}; {:#?}",
            all()
        );
        thread::sleep(Duration::from_millis(5));
    }
}
