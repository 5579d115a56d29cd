//! How many threads of sync-twin's there are.

use std::fs;

/// All of the process, but for those of the tests. Zero where nobody tells.
pub(crate) fn running() -> usize {
    let threads = fs::read_dir("/proc/self/task").into_iter().flatten();
    let names = threads
        .flatten()
        .map(|thread| fs::read_to_string(thread.path().join("comm")));
    let is_ours = |name: &String| name.starts_with("sync-twin");
    names.flatten().filter(is_ours).count()
}
