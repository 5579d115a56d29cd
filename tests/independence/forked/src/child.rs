//! Children, and how they end.

use crate::DEADLINE;
use std::any::Any;
use std::io::{PipeReader, Read as _, pipe};
use std::os::fd::AsRawFd as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::thread;
use std::time::{Duration, Instant};

/// A process that this one has forked.
#[must_use]
pub struct Child {
    pid: libc::pid_t,
    said: PipeReader,
}

/// Returns the child, and in the child nothing. What that says on standard error comes here.
pub fn fork() -> Option<Child> {
    let (said, say) = pipe().expect("a pipe");
    // SAFETY: the child has one thread, and runs code that takes no lock which another thread of the parent may hold: what
    // sync-twin keeps for itself is what is being tested, and the allocator is safe to use after a fork.
    match unsafe { libc::fork() } {
        -1 => panic!("the process cannot be forked"),
        0 => {
            // SAFETY: both are open, and nobody has borrowed the second.
            unsafe { libc::dup2(say.as_raw_fd(), libc::STDERR_FILENO) };
            None
        }
        pid => Some(Child { pid, said }),
    }
}

/// Ends a child, without running what is registered to run at the end of a process.
pub fn exit(has_failed: bool) -> ! {
    exit_with(i32::from(has_failed))
}

fn exit_with(status: i32) -> ! {
    // SAFETY: it does not come back.
    unsafe { libc::_exit(status) }
}

/// How often a fork is repeated whose child can start no thread.
const TRIES: usize = 5;

/// The status of such a child.
const NO_THREADS: i32 = 99;

/// Runs `code` in a child, and fails if that fails or hangs.
pub fn in_child(name: &str, code: impl FnOnce()) {
    for _ in 0..TRIES {
        match fork() {
            Some(child) => match child.end(name) {
                (End::NoThreads, _) => {}
                (end, said) => return assert_eq!(end, End::Success, "{name}: {said}"),
            },
            None => {
                exit_if_no_threads();
                exit(catch_unwind(AssertUnwindSafe(code)).is_err())
            }
        }
    }
    panic!("no child of {name} could start a thread");
}

/// Ends a child in which nothing can be tried that starts a thread.
pub fn exit_if_no_threads() {
    if !can_start_threads() {
        exit_with(NO_THREADS);
    }
}

/// Whether Rust's standard library can start a thread in this child. A thread of the parent that was just starting, or
/// ending, had a lock of that library's, which nobody can give back here: that is no matter of sync-twin's.
fn can_start_threads() -> bool {
    let has_started = Arc::new(AtomicBool::new(false));
    let started = Arc::clone(&has_started);
    thread::spawn(move || started.store(true, SeqCst));
    let end = Instant::now() + Duration::from_secs(5);
    while !has_started.load(SeqCst) && Instant::now() < end {
        thread::sleep(Duration::from_millis(1));
    }
    has_started.load(SeqCst)
}

/// Runs `code` in a child without a look at what works there. It must start no thread.
pub fn in_child_as_it_is(name: &str, code: impl FnOnce()) {
    match fork() {
        Some(child) => child.succeeds(name),
        None => exit(catch_unwind(AssertUnwindSafe(code)).is_err()),
    }
}

/// What a panic says.
pub fn message(panic: &(dyn Any + Send)) -> &str {
    let owned = panic.downcast_ref::<String>().map(String::as_str);
    let borrowed = panic.downcast_ref::<&str>().copied();
    owned.or(borrowed).unwrap_or("no message")
}

/// How a child has ended.
#[derive(Debug, PartialEq, Eq)]
pub enum End {
    Success,
    Failure,
    Aborted,
    /// It could start none.
    NoThreads,
}

impl Child {
    /// Waits for the child's end; also returns what it has said.
    pub fn end(mut self, name: &str) -> (End, String) {
        let end = Instant::now() + DEADLINE;
        let status = loop {
            let mut status = 0;
            // SAFETY: the child is ours, and the status has a place.
            if unsafe { libc::waitpid(self.pid, &raw mut status, libc::WNOHANG) } == self.pid {
                break Some(status);
            }
            if Instant::now() > end {
                self.kill();
                break None;
            }
            thread::sleep(Duration::from_millis(1));
        };
        let mut said = String::new();
        let _ = self.said.read_to_string(&mut said);
        let end = match status {
            None => panic!("HANG: a child of: {name}\n{said}"),
            Some(0) => End::Success,
            Some(status) if libc::WIFSIGNALED(status) => match libc::WTERMSIG(status) {
                libc::SIGABRT => End::Aborted,
                signal => panic!("{name}: a child has died of signal {signal}\n{said}"),
            },
            Some(status) if libc::WEXITSTATUS(status) == NO_THREADS => End::NoThreads,
            Some(_) => End::Failure,
        };
        (end, said)
    }

    /// Fails unless all that could be tried in the child has succeeded.
    pub fn succeeds(self, name: &str) {
        let (end, said) = self.end(name);
        let succeeds = matches!(end, End::Success | End::NoThreads);
        assert!(succeeds, "{name}: {end:?}, {said}");
    }

    /// Fails unless the child says so before its end, to which this puts it.
    pub fn says(mut self, words: &str, name: &str) {
        let (pid, end) = (self.pid, Instant::now() + DEADLINE);
        let (done, is_done) = std::sync::mpsc::channel::<()>();
        let killer = thread::spawn(move || {
            let left = end.saturating_duration_since(Instant::now());
            let in_time = is_done.recv_timeout(left) == Ok(());
            kill(pid);
            in_time
        });
        let mut said = Vec::new();
        let mut buffer = [0; 1024];
        let has_said = |said: &[u8]| String::from_utf8_lossy(said).contains(words);
        while !has_said(&said) {
            match self.said.read(&mut buffer) {
                Ok(0) | Err(_) => break,
                Ok(n) => said.extend(&buffer[..n]),
            }
        }
        let _ = done.send(());
        let in_time = killer.join().expect("it does not panic");
        let said = String::from_utf8_lossy(&said);
        assert!(
            in_time && said.contains(words),
            "{name}: the child has said: {said}"
        );
        self.reap();
    }

    fn kill(&self) {
        kill(self.pid);
        self.reap();
    }

    fn reap(&self) {
        // SAFETY: the child is ours, and nobody asks for its status.
        unsafe { libc::waitpid(self.pid, std::ptr::null_mut(), 0) };
    }
}

fn kill(child: libc::pid_t) {
    // SAFETY: the child is ours, and has not been waited for.
    unsafe { libc::kill(child, libc::SIGKILL) };
}
