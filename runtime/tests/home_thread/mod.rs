//! What Linux tells of the thread that drives sync-twin's own runtime when nobody else does.

use crate::deadline::HANG;
use std::fs;
use std::path::PathBuf;
use std::sync::mpsc;
use std::time::{Duration, Instant};
use tokio::time::sleep;

/// The threads of this process: their names, of which Linux keeps 15 bytes, and where more about them is.
pub(crate) fn threads() -> Vec<(String, PathBuf)> {
    let tasks = fs::read_dir("/proc/self/task").expect("/proc is mounted");
    let threads = tasks.filter_map(|task| {
        let path = task.ok()?.path();
        // One that has ended meanwhile has no name any more.
        let name = fs::read_to_string(path.join("comm")).ok()?;
        Some((name.trim_end().to_owned(), path))
    });
    threads.collect()
}

/// How often the home thread has been put to sleep, or has had to give way.
fn switches() -> u128 {
    let (_, home) = threads()
        .into_iter()
        .find(|(name, _)| name == "sync-twin-home")
        .expect("there has been a call that started it");
    let status = fs::read_to_string(home.join("status")).expect("it never ends");
    let counts = status
        .lines()
        .filter_map(|line| line.split_once("_ctxt_switches:"))
        .map(|(_, count)| count.trim().parse::<u128>().expect("a number"));
    counts.sum()
}

/// Returns when the home thread has the seat: nobody else is there to drive the task.
fn let_it_sit_down() {
    let (sender, receiver) = mpsc::channel();
    sync_twin::block_on(async {
        tokio::spawn(async move {
            sleep(Duration::from_millis(10)).await;
            sender.send(()).expect("the test listens");
        });
    });
    receiver.recv_timeout(HANG).expect("somebody drives");
}

/// Makes `calls` calls in a row, and fails if the home thread has more to do with them than to look now and then
/// whether it is needed.
pub(crate) fn assert_that_it_sleeps_during(calls: u32, call: impl Fn(u32)) {
    let_it_sit_down();
    // It takes a few until it lets a lone caller have its way.
    (0..100).for_each(&call);
    let begin = Instant::now();
    let before = switches();
    (0..calls).for_each(&call);
    let switches = switches() - before;
    // Every look may be two of them, and there is one every millisecond and a half: the less a loaded machine gets done
    // in that time, the more looks there are for each call.
    let milliseconds = begin.elapsed().as_millis();
    assert!(
        switches < u128::from(calls / 20) + 2 * milliseconds,
        "{switches} switches in {calls} calls that took {milliseconds} ms"
    );
}
