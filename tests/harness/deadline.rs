//! A bound for everything that waits: a hang becomes a failure that names the case.

use std::panic::resume_unwind;
use std::process::exit;
use std::sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

/// Far above what any case takes on a loaded machine. It is not a measure of speed, it only means "hangs".
const DEADLINE: Duration = Duration::from_secs(60);

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
    match receiver.recv_timeout(DEADLINE) {
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

fn join_within_deadline(name: &str, thread: thread::JoinHandle<()>) {
    let (sender, receiver) = sync_channel(1);
    let joiner = thread::spawn(move || {
        let _ = sender.send(thread.join());
    });
    match receiver.recv_timeout(DEADLINE) {
        Ok(_) => joiner.join().expect("it has sent its result"),
        Err(_) => panic!("HANG at thread exit: {name}"),
    }
}

/// Watches over a case that has to run on the thread it is on; dropped, it is content.
pub struct Watch(#[expect(dead_code, reason = "its end is the message")] SyncSender<()>);

/// Ends the process, naming `name`, when the [`Watch`] is not dropped within a minute.
///
/// # Panics
///
/// When no thread can be started.
#[must_use]
pub fn watch(name: &str) -> Watch {
    let (sender, receiver) = sync_channel(0);
    let name = name.to_owned();
    thread::Builder::new()
        .name("watch".to_owned())
        .spawn(move || {
            if receiver.recv_timeout(DEADLINE) == Err(RecvTimeoutError::Timeout) {
                eprintln!("HANG: {name}");
                exit(1);
            }
        })
        .expect("a thread that watches");
    Watch(sender)
}
