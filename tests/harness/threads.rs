//! The threads of this process: counted, and used up. For children only, since tests run side by side.

use std::fs;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// How many there are.
pub fn count() -> usize {
    status("self", "Threads:")
}

/// How many have a name that begins with `prefix`, as far as Linux keeps it: 15 bytes.
pub fn named(prefix: &str) -> usize {
    let prefix = &prefix[..prefix.len().min(15)];
    fs::read_dir("/proc/self/task")
        .expect("Linux has it")
        .filter_map(|task| fs::read_to_string(task.ok()?.path().join("comm")).ok())
        .filter(|name| name.starts_with(prefix))
        .count()
}

/// How many times the calling thread has gone to sleep.
pub fn sleeps() -> usize {
    status("thread-self", "voluntary_ctxt_switches:")
}

/// How much memory this process has in use, in KiB.
pub fn memory() -> usize {
    status("self", "VmRSS:")
}

/// How much address space this process has, in KiB.
pub fn address_space() -> usize {
    status("self", "VmSize:")
}

fn status(whose: &str, field: &str) -> usize {
    let status = fs::read_to_string(format!("/proc/{whose}/status")).expect("Linux has it");
    let value = status.lines().find_map(|line| line.strip_prefix(field));
    let value = value.expect("Linux has it").trim();
    value.trim_end_matches(" kB").parse().unwrap()
}

/// Limits under which threads run out soon.
pub const FEW: &str = "-v 1500000";

/// All the memory for threads, and the threads that could be started without it.
pub struct Hoard {
    memory: Vec<Vec<u8>>,
    threads: Vec<JoinHandle<()>>,
    released: Arc<AtomicBool>,
}

impl Hoard {
    /// Takes all threads that this process can have, by using up its address space.
    pub fn take() -> Self {
        let mut hoard = Hoard {
            memory: Vec::with_capacity(100_000),
            threads: Vec::new(),
            released: Arc::default(),
        };
        // What is left then for everything that needs memory, and too little for the stack of a thread.
        let reserve = Vec::<u8>::with_capacity(1 << 20);
        for size in [16 << 20, 1 << 20, 256 << 10] {
            let mut chunk = Vec::new();
            while chunk.try_reserve_exact(size).is_ok() {
                hoard.memory.push(chunk);
                chunk = Vec::new();
            }
        }
        drop(reserve);
        // The C library keeps some stacks of threads that have ended.
        while let Ok(thread) = hoard.start() {
            hoard.threads.push(thread);
        }
        hoard
    }

    fn start(&self) -> io::Result<JoinHandle<()>> {
        let released = Arc::clone(&self.released);
        thread::Builder::new().spawn(move || {
            while !released.load(SeqCst) {
                thread::park_timeout(Duration::from_secs(1));
            }
        })
    }

    /// Gives them back.
    pub fn release(self) {
        drop(self.memory);
        self.released.store(true, SeqCst);
        for thread in self.threads {
            thread.thread().unpark();
            thread.join().expect("it does not panic");
        }
    }
}
