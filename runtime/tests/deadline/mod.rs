//! A bound for everything that waits: a hang becomes a failure that names the test.
//!
//! The tests of both packages share this file. One that may hang begins with `let _watch = watch(&test_name());`, or runs
//! its cases by [`within_deadline`].

#![allow(
    dead_code,
    unreachable_pub,
    reason = "no test program uses all of it, and for one it is a public module"
)]

use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::panic::resume_unwind;
use std::process::exit;
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::sync::{Mutex, MutexGuard, Once, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// Far above what any case takes on a loaded machine. It is not a measure of speed, it only means "hangs".
pub const HANG: Duration = Duration::from_secs(60);

/// How often the watchdog looks.
const LOOK: Duration = Duration::from_millis(500);

/// The name of the test that calls this: the test runner names its threads so.
#[must_use]
pub fn test_name() -> String {
    let name = thread::current().name().map(str::to_owned);
    name.unwrap_or_else(|| "a test".to_owned())
}

/// Runs `case` on a new thread, and panics with `name` if it has not ended in a minute.
///
/// A new thread for every case: what one leaves behind in thread-locals cannot help or hurt the next.
///
/// # Panics
///
/// When `case` hangs or panics.
pub fn within_deadline<R: Send + 'static>(
    name: &str,
    case: impl FnOnce() -> R + Send + 'static,
) -> R {
    let (sender, receiver) = sync_channel(1);
    let thread = thread::Builder::new()
        .name(name.to_owned())
        .spawn(move || {
            let result = case();
            // Nobody listens any more when the deadline has passed.
            let _ = sender.send(result);
        })
        .expect("a thread for the case");
    match receiver.recv_timeout(HANG) {
        Ok(result) => {
            // Thread-locals have destructors, and some cases live in them.
            join_within_deadline(name, thread);
            result
        }
        Err(RecvTimeoutError::Timeout) => panic!("HANG: {name}"),
        Err(RecvTimeoutError::Disconnected) => match thread.join() {
            Err(panic) => {
                eprintln!("the panic above is in: {name}");
                resume_unwind(panic)
            }
            Ok(()) => unreachable!("a case that ends has sent its result"),
        },
    }
}

fn join_within_deadline(name: &str, thread: JoinHandle<()>) {
    let (sender, receiver) = sync_channel(1);
    let joiner = thread::spawn(move || {
        let _ = sender.send(thread.join());
    });
    match receiver.recv_timeout(HANG) {
        Ok(_) => joiner.join().expect("it has sent its result"),
        Err(_) => panic!("HANG at thread exit: {name}"),
    }
}

/// Watches over a case that runs on the thread it is on. Dropping it ends that.
pub struct Watch {
    key: u64,
}

#[derive(Default)]
struct Watched {
    next: u64,
    cases: BTreeMap<u64, (String, Instant)>,
}

static WATCHED: Mutex<Watched> = Mutex::new(Watched {
    next: 0,
    cases: BTreeMap::new(),
});

fn watched() -> MutexGuard<'static, Watched> {
    WATCHED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Ends the process, naming `name`, when the [`Watch`] is not dropped within a minute.
///
/// # Panics
///
/// When no thread can be started.
#[must_use]
pub fn watch(name: &str) -> Watch {
    static WATCHDOG: Once = Once::new();
    WATCHDOG.call_once(|| {
        thread::Builder::new()
            .name("watchdog".to_owned())
            .spawn(end_the_process_on_a_hang)
            .expect("a thread that watches");
    });
    let mut watched = watched();
    let key = watched.next;
    watched.next += 1;
    watched.cases.insert(key, (name.to_owned(), Instant::now()));
    Watch { key }
}

impl Drop for Watch {
    fn drop(&mut self) {
        watched().cases.remove(&self.key);
    }
}

fn end_the_process_on_a_hang() {
    loop {
        thread::sleep(LOOK);
        let watched = watched();
        let cases = watched.cases.values();
        let hanging: Vec<&str> = cases
            .filter(|(_, begin)| begin.elapsed() > HANG)
            .map(|(name, _)| name.as_str())
            .collect();
        if !hanging.is_empty() {
            // `eprintln!` would be captured with the output of the test that has started this thread.
            let _ = writeln!(io::stderr(), "HANG: {}", hanging.join(", "));
            exit(1);
        }
    }
}
