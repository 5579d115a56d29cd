//! The threads of this process: counted, and used up. For children only, since tests run side by side.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// How many there are.
pub(crate) fn count() -> usize {
    status("self", "Threads:")
}

/// How many have a name that begins with `prefix`, as far as Linux keeps it: 15 bytes.
pub(crate) fn named(prefix: &str) -> usize {
    let prefix = &prefix[..prefix.len().min(15)];
    fs::read_dir("/proc/self/task")
        .expect("Linux has it")
        .filter_map(|task| fs::read_to_string(task.ok()?.path().join("comm")).ok())
        .filter(|name| name.starts_with(prefix))
        .count()
}

/// How many times the calling thread has gone to sleep.
pub(crate) fn sleeps() -> usize {
    status("thread-self", "voluntary_ctxt_switches:")
}

fn status(whose: &str, field: &str) -> usize {
    let status = fs::read_to_string(format!("/proc/{whose}/status")).expect("Linux has it");
    let value = status.lines().find_map(|line| line.strip_prefix(field));
    value.expect("Linux has it").trim().parse().unwrap()
}

/// Limits under which threads run out soon.
pub(crate) const FEW: &str = "-v 1500000";

/// Started until no more could be.
pub(crate) struct Hoard {
    threads: Vec<JoinHandle<()>>,
    released: Arc<AtomicBool>,
}

impl Hoard {
    /// Takes all threads that this process can have, by using up its address space.
    pub(crate) fn take() -> Self {
        // What is left then for everything that needs memory, and too little for a thread.
        let reserve = vec![0_u8; 1 << 20];
        let released = Arc::new(AtomicBool::new(false));
        let mut hoard = Hoard {
            threads: Vec::new(),
            released,
        };
        while hoard.add(2 << 20) || hoard.add(128 << 10) {}
        drop(reserve);
        hoard
    }

    fn add(&mut self, stack: usize) -> bool {
        let released = Arc::clone(&self.released);
        let thread = thread::Builder::new().stack_size(stack).spawn(move || {
            while !released.load(SeqCst) {
                thread::park_timeout(Duration::from_secs(1));
            }
        });
        thread.map(|thread| self.threads.push(thread)).is_ok()
    }

    /// Gives them back.
    pub(crate) fn release(self) {
        self.released.store(true, SeqCst);
        for thread in &self.threads {
            thread.thread().unpark();
        }
        for thread in self.threads {
            thread.join().expect("it does not panic");
        }
    }
}
