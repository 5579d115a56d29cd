//! Ctrl-C ends the call that the program is in, and not the program: `cargo run --example ctrl_c`.
//!
//! Press it twice. A third call completes by itself; press it between calls, and the program ends as usual.

use std::error::Error;
use std::io;
use std::process::exit;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::time::Duration;
use sync_twin::{Cancel, spawn, sync_wrapper};
use tokio::time::sleep;

/// As a shell has it for a program that Ctrl-C has ended.
const ENDED_BY_CTRL_C: i32 = 130;

// Its test calls it.
pub(crate) fn main() -> Result<(), Box<dyn Error>> {
    let interrupts = Interrupts::listen()?;
    for (call, takes) in [(1, 3600), (2, 3600), (3, 0)] {
        match fetch_sync(&interrupts.begin(), call, Duration::from_secs(takes)) {
            Ok(answer) => println!("call {call}: the answer is {answer}"),
            Err(cancelled) => println!("call {call}: {cancelled}"),
        }
    }
    Ok(())
}

/// Whatever takes its time.
#[sync_wrapper(cancel = _cancel)]
async fn fetch(_cancel: &Cancel, call: u8, takes: Duration) -> u8 {
    println!("call {call} takes {takes:?}: Ctrl-C ends it");
    sleep(takes).await;
    42
}

/// What Ctrl-C ends: the call that the program is in, and if there is none, the program.
#[derive(Clone, Default)]
struct Interrupts {
    current: Arc<Mutex<Option<Cancel>>>,
}

impl Interrupts {
    /// From now on, Ctrl-C is ours.
    fn listen() -> io::Result<Self> {
        let interrupts = Interrupts::default();
        let (sender, listens) = mpsc::channel();
        let of_task = interrupts.clone();
        let task = spawn(async move {
            let mut pressed = match ctrl_c() {
                Ok(pressed) => pressed,
                Err(error) => return drop(sender.send(Err(error))),
            };
            let _ = sender.send(Ok(()));
            while pressed.recv().await.is_some() {
                match of_task.current().take() {
                    Some(call) => call.cancel(),
                    None => exit(ENDED_BY_CTRL_C),
                }
            }
        });
        // It goes on in the background.
        drop(task);
        listens.recv().map_err(io::Error::other)??;
        Ok(interrupts)
    }

    /// What cancels the next call. One that has been cancelled stays so, hence each has its own.
    fn begin(&self) -> Cancel {
        let call = Cancel::new();
        *self.current() = Some(call.clone());
        call
    }

    fn current(&self) -> MutexGuard<'_, Option<Cancel>> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(unix)]
fn ctrl_c() -> io::Result<tokio::signal::unix::Signal> {
    use tokio::signal::unix::{SignalKind, signal};
    signal(SignalKind::interrupt())
}

#[cfg(windows)]
fn ctrl_c() -> io::Result<tokio::signal::windows::CtrlC> {
    tokio::signal::windows::ctrl_c()
}
