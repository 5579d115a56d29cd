//! What Linux tells about a process.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

/// Whether it does.
pub(crate) fn is_known() -> bool {
    Path::new("/proc/self/smaps_rollup").exists()
}

/// The resident set of this process, in KiB. Exactly: the figure in `status` may be behind.
pub(crate) fn resident() -> f64 {
    let rollup = fs::read_to_string("/proc/self/smaps_rollup").expect("this is Linux");
    field(&rollup, "Rss:")
}

/// How many threads this process has.
pub(crate) fn threads() -> f64 {
    let status = fs::read_to_string("/proc/self/status").expect("this is Linux");
    field(&status, "Threads:")
}

/// How often each thread of this process has given up the processor to wait, by its id and name.
pub(crate) fn switches() -> BTreeMap<(u32, String), f64> {
    let tasks = fs::read_dir("/proc/self/task").expect("this is Linux");
    tasks
        .flatten()
        .filter_map(|task| {
            let id = task.file_name().to_str()?.parse().ok()?;
            // The thread may have ended.
            let status = fs::read_to_string(task.path().join("status")).ok()?;
            let name = status.lines().find_map(|line| line.strip_prefix("Name:"))?;
            let count = field(&status, "voluntary_ctxt_switches:");
            Some(((id, name.trim().to_owned()), count))
        })
        .collect()
}

/// How long this process has had a processor, in seconds, without the processes that it has started.
pub(crate) fn processor_time() -> f64 {
    // Those of threads that have ended are not there any more.
    let tasks = fs::read_dir("/proc/self/task").expect("this is Linux");
    let times = tasks.flatten().filter_map(|task| {
        let stat = fs::read_to_string(task.path().join("schedstat")).ok()?;
        stat.split_whitespace().next()?.parse::<f64>().ok()
    });
    times.sum::<f64>() / 1e9
}

/// Keeps this thread, and what it starts from here on, on one core.
pub(crate) fn pin() {
    pin_process(std::process::id());
}

/// The same for all threads of a process.
pub(crate) fn pin_process(id: u32) {
    let status = Command::new("taskset")
        .args(["-a", "-p", "-c", "0", &id.to_string()])
        .stdout(Stdio::null())
        .status();
    let is_pinned = status.is_ok_and(|status| status.success());
    assert!(is_pinned, "there is no `taskset`");
}

/// Whether [`pin`] works here.
pub(crate) fn can_pin() -> bool {
    let found = Command::new("taskset")
        .arg("-V")
        .stdout(Stdio::null())
        .status();
    is_known() && found.is_ok_and(|status| status.success())
}

fn field(file: &str, name: &str) -> f64 {
    file.lines()
        .find_map(|line| line.strip_prefix(name))
        .and_then(|rest| rest.split_whitespace().next()?.parse().ok())
        .unwrap_or_else(|| panic!("no `{name}` in {file}"))
}
